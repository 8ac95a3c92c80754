// SPDX-License-Identifier: Apache-2.0
/// @file Sums of parts in memory: each has a place of its own, whatever their sizes.
#include <deepseek/kernel/part_sums.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "../arch/emulated/run_block.hpp"

namespace {
namespace ds = deepseek;

/// Sums of three passes: of 1, 12 and 8 bytes.
struct flag {
  bool any;
};
struct place {
  std::int32_t row, part, pass;
};
template <int Pass> struct sum_of { using type = flag; };
template <> struct sum_of<2> { using type = place; };
template <> struct sum_of<3> { using type = double; };
struct root {
  static constexpr int level = 3;
  template <int Pass> using acc = typename sum_of<Pass>::type;
};
using part_sums = ds::kernel::part_sums<root>;

TEST_CASE("bytes of a part: whole words of each pass") {
  CHECK(part_sums::bytes_of_part == 4 + 12 + 8);
}

TEST_CASE("all of them, written and then read") {
  constexpr int rows = 3;
  constexpr int parts = 5;
  std::vector<std::uint32_t> memory(rows * parts * 6, 0xdeadbeefu);
  ds::arch::emulated::global_memory operands;
  operands.add({memory.data(), memory.size() * 4, true, "sums of parts", 4});
  part_sums const sums{memory.data(), rows, parts};
  int right = 0;
  ds::test::run_block<>(32, operands, [&](auto&) {
    if (ds::arch::gpu::thread_rank() != 0) return;
    for (int row = 0; row < rows; ++row)
      for (int part = 0; part < parts; ++part) {
        sums.put<1>(row, part, flag{(row + part) % 2 == 0});
        sums.put<2>(row, part, place{row, part, 2});
        sums.put<3>(row, part, row + 0.125 * part);
      }
    for (int row = 0; row < rows; ++row)
      for (int part = 0; part < parts; ++part) {
        place const p = sums.get<2>(row, part);
        right += sums.get<1>(row, part).any == ((row + part) % 2 == 0) && p.row == row &&
                         p.part == part && p.pass == 2 &&
                         sums.get<3>(row, part) == row + 0.125 * part
                     ? 1
                     : 0;
      }
  });
  CHECK(right == rows * parts);
  for (auto const w : memory) CHECK(w != 0xdeadbeefu);
}

}  // namespace
