// SPDX-License-Identifier: Apache-2.0
/// @file Laws of Philox4x32-10: the published answers, on both sides.
#include <deepseek/base/philox.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace ds = deepseek;

TEST_CASE("philox4x32: the known answers of Random123 (kat_vectors, philox4x32 10)") {
  static_assert(ds::philox4x32(ds::philox_block{{0, 0, 0, 0}}, ds::philox_key{{0, 0}}) ==
                ds::philox_block{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
  static_assert(ds::philox4x32(ds::philox_block{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
                               ds::philox_key{{0xffffffff, 0xffffffff}}) ==
                ds::philox_block{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
  static_assert(ds::philox4x32(ds::philox_block{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
                               ds::philox_key{{0xa4093822, 0x299f31d0}}) ==
                ds::philox_block{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

TEST_CASE("philox4x32: seed, place and stream go low word first") {
  CHECK(ds::philox4x32(0x299f31d0'a4093822U, 0x85a308d3'243f6a88U, 0x03707344'13198a2eU) ==
        ds::philox_block{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

TEST_CASE("philox4x32: places, streams and seeds give different numbers") {
  auto const base = ds::philox4x32(1, 2, 3);
  CHECK_FALSE(base == ds::philox4x32(1, 3, 3));
  CHECK_FALSE(base == ds::philox4x32(1, 2, 4));
  CHECK_FALSE(base == ds::philox4x32(2, 2, 3));
  CHECK(base == ds::philox4x32(1, 2, 3));
}

TEST_CASE("philox4x32: each bit is set half the time") {
  constexpr int draws = 40000;
  int set[32] = {};
  for (std::uint64_t place = 0; place < draws / 4; ++place)
    for (std::uint32_t const word : ds::philox4x32(7, place).word)
      for (int bit = 0; bit < 32; ++bit) set[bit] += static_cast<int>(word >> bit & 1U);
  for (int const count : set) CHECK(doctest::Approx(count).epsilon(0.025) == draws / 2);  // 5 sigma
}

TEST_CASE("uniform01: k * 2^-24, from 0 to just below 1") {
  static_assert(ds::uniform01(0) == 0.0F);
  static_assert(ds::uniform01(0xff) == 0.0F);
  static_assert(ds::uniform01(0x100) == 0x1p-24F);
  static_assert(ds::uniform01(0x80000000) == 0.5F);
  static_assert(ds::uniform01(0xffffffff) == 1.0F - 0x1p-24F);
}

#if defined(__CUDACC__)
namespace {
__global__ void draw(ds::philox_block* out) {
  out[threadIdx.x] = ds::philox4x32(5, threadIdx.x, 1);
}
}  // namespace

TEST_CASE("philox4x32: the GPU draws the same numbers") {
  constexpr unsigned count = 128;
  ds::philox_block* out = nullptr;
  REQUIRE(cudaMallocManaged(&out, count * sizeof *out) == cudaSuccess);
  draw<<<1, count>>>(out);
  REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
  for (unsigned i = 0; i < count; ++i) CHECK(out[i] == ds::philox4x32(5, i, 1));
  cudaFree(out);
}
#endif
