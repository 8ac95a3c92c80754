// SPDX-License-Identifier: Apache-2.0
/// @file swizzle against the tables of the CUDA guide: which chunk is in which place of a line of 128 bytes.
#include <deepseek/arch/gpu/swizzle.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using deepseek::arch::gpu::swizzle;
using deepseek::arch::gpu::swizzle_bytes;
using deepseek::arch::gpu::swizzle_period;
using deepseek::arch::gpu::swizzled;

namespace {

constexpr int of_128[8][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                              {2, 3, 0, 1, 6, 7, 4, 5}, {3, 2, 1, 0, 7, 6, 5, 4},
                              {4, 5, 6, 7, 0, 1, 2, 3}, {5, 4, 7, 6, 1, 0, 3, 2},
                              {6, 7, 4, 5, 2, 3, 0, 1}, {7, 6, 5, 4, 3, 2, 1, 0}};
constexpr int of_64[8][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                             {2, 3, 0, 1, 6, 7, 4, 5}, {3, 2, 1, 0, 7, 6, 5, 4},
                             {0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                             {2, 3, 0, 1, 6, 7, 4, 5}, {3, 2, 1, 0, 7, 6, 5, 4}};
constexpr int of_32[8][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                             {0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                             {0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                             {0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6}};

void as(swizzle pattern, int const (&table)[8][8]) {
  for (std::uint32_t line = 0; line < 16; ++line)
    for (std::uint32_t chunk = 0; chunk < 8; ++chunk)
      for (std::uint32_t byte = 0; byte < 16; byte += 5) {
        std::uint32_t const place = static_cast<std::uint32_t>(table[line % 8][chunk]);
        CHECK(swizzled(pattern, line * 128 + chunk * 16 + byte) == line * 128 + place * 16 + byte);
      }
}

}  // namespace

TEST_CASE("swizzled: chunks of each line change places as in the tables") {
  as(swizzle::bytes_128, of_128);
  as(swizzle::bytes_64, of_64);
  as(swizzle::bytes_32, of_32);
  for (std::uint32_t at = 0; at < 4096; at += 7) CHECK(swizzled(swizzle::none, at) == at);
}

TEST_CASE("swizzled: a pattern that begins at line 3 has its first row there") {
  for (std::uint32_t line = 0; line < 8; ++line)
    CHECK(swizzled(swizzle::bytes_128, (line + 3) * 128, 3) ==
          (line + 3) * 128 + static_cast<std::uint32_t>(of_128[line][0]) * 16);
}

TEST_CASE("swizzle: lengths of a row and of the whole pattern") {
  static_assert(swizzle_bytes(swizzle::none) == 16 && swizzle_bytes(swizzle::bytes_32) == 32);
  static_assert(swizzle_bytes(swizzle::bytes_64) == 64 && swizzle_bytes(swizzle::bytes_128) == 128);
  static_assert(swizzle_period(swizzle::bytes_32) == 256);
  static_assert(swizzle_period(swizzle::bytes_64) == 512);
  CHECK(swizzle_period(swizzle::bytes_128) == 1024);
}
