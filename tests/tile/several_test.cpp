// SPDX-License-Identifier: Apache-2.0
/// @file several: values that stay apart while they are joined together.
#include <deepseek/tile/block_reduce.hpp>
#include <deepseek/tile/several.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;

namespace {
struct add {
  template <class T> T operator()(T a, T b) const { return static_cast<T>(a + b); }
};
struct larger {
  template <class T> T operator()(T a, T b) const { return a < b ? b : a; }
};
}  // namespace

TEST_CASE("together and get: each value with its type") {
  auto const three = tile::together(1, 2.5, 'c');
  static_assert(sizeof(tile::several<int, float>) == 8);
  static_assert(tile::carried<tile::several<int, double, char>>);
  CHECK(tile::get<0>(three) == 1);
  CHECK(tile::get<1>(three) == 2.5);
  CHECK(tile::get<2>(three) == 'c');
}

TEST_CASE("join_each: the first by the first join, the second by the second") {
  tile::join_each const join{add{}, larger{}, [](int a, int) { return a; }};
  auto const both = join(tile::together(1, 2.5f, 7), tile::together(10, 0.5f, 8));
  CHECK(tile::get<0>(both) == 11);
  CHECK(tile::get<1>(both) == 2.5f);
  CHECK(tile::get<2>(both) == 7);
}

TEST_CASE("a block reduces three values with one pair of barriers") {
  using all = tile::several<std::int64_t, float, std::uint8_t>;
  struct plan {
    tile::block_reduce_scratch<all> scratch;
  };
  deepseek::test::run_block<plan>(96, [](plan& shared) {
    int const rank = gpu::thread_rank();
    tile::join_each const join{add{}, larger{}, add{}};
    all const mine{rank, {static_cast<float>(rank * 37 % 96), {std::uint8_t{1}}}};
    all const result = tile::block_reduce(mine, join, shared.scratch);
    CHECK(tile::get<0>(result) == 96 * 95 / 2);
    CHECK(tile::get<1>(result) == 95.f);
    CHECK(tile::get<2>(result) == 96);
  });
}
