// SPDX-License-Identifier: Apache-2.0
/// @file histogram: every element in its bin, once, by any number of blocks.
#include <deepseek/kernel/histogram.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "../arch/emulated/run_block.hpp"
#include "run_grid.hpp"

namespace test = deepseek::test;
using deepseek::equal_bins;
using deepseek::own_bin;
using deepseek::kernel::histogram;

namespace {

template <class T, class BinOf>
std::vector<std::uint64_t> counts_of(std::vector<T> const& input, int bins, BinOf const& bin_of,
                                     int blocks, int threads, std::uint64_t before = 0) {
  std::vector<std::uint64_t> counts(static_cast<std::size_t>(bins), before);
  histogram<T, BinOf> const kernel{input.data(), counts.data(),
                                   static_cast<std::int64_t>(input.size()), bins, bin_of};
  test::operands memory;
  memory.read(input).write(counts);
  CHECK(test::grid_fault(kernel, {blocks, 1, 1}, threads, memory) == "");
  return counts;
}

}  // namespace

TEST_CASE("integers are their bins; what has none is left out; counts are added to") {
  std::mt19937 random{1};
  std::vector<std::int32_t> input;
  std::vector<std::uint64_t> wanted(100, 7);
  for (int i = 0; i < 10007; ++i) {
    int const x = static_cast<int>(random() % 130) - 15;
    input.push_back(x);
    if (x >= 0 && x < 100) ++wanted[static_cast<std::size_t>(x)];
  }
  for (int const blocks : {1, 3, 8})
    CHECK(counts_of(input, 100, own_bin{}, blocks, 96, 7) == wanted);
  CHECK(counts_of(std::vector<std::uint8_t>{3, 3, 0, 255}, 4, own_bin{}, 2, 32) ==
        std::vector<std::uint64_t>{1, 0, 0, 2});
  CHECK(counts_of(std::vector<std::int64_t>{std::int64_t{1} << 32, -1, 1}, 2, own_bin{}, 1, 32) ==
        std::vector<std::uint64_t>{0, 1});
}

TEST_CASE("bins of one width: the upper end is in the last, outside and NaN in none") {
  float const inf = std::numeric_limits<float>::infinity();
  std::vector<float> const input{0, 0.5f, 1, 1.99f, 2, 3.999f, 4, 4.001f, -0.001f, inf, -inf, NAN};
  CHECK(counts_of(input, 4, equal_bins<float>{0, 4, 4}, 1, 32) ==
        std::vector<std::uint64_t>{2, 2, 1, 2});
  CHECK(counts_of(input, 1, equal_bins<float>{0, 4, 1}, 2, 64) == std::vector<std::uint64_t>{7});
  std::vector<deepseek::bf16> halves;
  for (int i = 0; i < 1000; ++i) halves.push_back(deepseek::bf16{static_cast<float>(i % 8) / 8});
  CHECK(counts_of(halves, 8, equal_bins<float>{0, 1, 8}, 3, 128) ==
        std::vector<std::uint64_t>(8, 125));
}

TEST_CASE("fault: more bins than the shared memory has, counts that are too short") {
  std::vector<std::int32_t> const input(100, 3);
  std::vector<std::uint64_t> counts(8);
  histogram<std::int32_t, own_bin, 4> const small{input.data(), counts.data(), 100, 8};
  test::operands memory;
  memory.read(input).write(counts, "counts");
  CHECK(test::holds(test::grid_fault(small, {}, 32, memory), "[DS-EMULATED-INDEX]",
                    "index 4 of an array of 4"));
  std::vector<std::int32_t> const large(100, 8);
  histogram<std::int32_t> const beyond{large.data(), counts.data(), 100, 9};
  test::operands more;
  more.read(large).write(counts, "counts");
  CHECK(test::holds(test::grid_fault(beyond, {}, 32, more), "[DS-EMULATED-GLOBAL]",
                    "at byte 64 of counts, which has 64"));
}
