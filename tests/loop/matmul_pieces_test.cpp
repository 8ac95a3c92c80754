// SPDX-License-Identifier: Apache-2.0
/// @file Pieces of a product: each element in one of them, as large as they may be, alike for threads.
#include <deepseek/loop/matmul_pieces.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace {
namespace ds = deepseek;
using ds::loop::balanced;
using ds::loop::matmul_extents;
using ds::loop::matmul_grid;
using ds::loop::matmul_step;

struct tile {
  static constexpr int rows = 14;
  static constexpr int columns = 32;
};

TEST_CASE("balanced: as few pieces as there must be, of one size, a multiple") {
  static_assert(balanced(100, 100, 1) == 100);
  static_assert(balanced(101, 100, 1) == 51);
  static_assert(balanced(1024, 560, 14) == 518);
  static_assert(balanced(0, 100, 7) == 7);
}

TEST_CASE("a step of k is a multiple of 32 groups and at most 384 of them") {
  static_assert(matmul_step(768, 2) == 768);
  static_assert(matmul_step(1537, 4) == 896);
  static_assert(matmul_step(384) == 384);
  static_assert(matmul_step(385) == 224);
  static_assert(matmul_step(1024) == 352);
  static_assert(matmul_step(4096) == 384);
  static_assert(matmul_step(1) == 32);
  static_assert(matmul_step(0) == 32);
}

TEST_CASE("every element of every batch is in exactly one piece") {
  for (bool const whole : {false, true})
    for (int const threads : {1, 2, 16})
      for (auto const& e : {matmul_extents{1, 1, 1, 1}, matmul_extents{3, 5, 700, 40},
                            matmul_extents{2, 1300, 333, 9}, matmul_extents{1, 64, 1030, 4}}) {
        matmul_grid const grid = ds::loop::matmul_grid_of<tile>(e, threads, whole, false);
        std::vector<int> count(std::size_t(e.batch * e.m * e.n));
        for (std::int64_t number = 0; number < e.batch * grid.pieces(); ++number) {
          auto const p = grid.piece(number);
          CHECK((p.rows >= 1 && p.columns >= 1));
          if (whole) CHECK(p.columns == e.n);
          for (std::int64_t i = p.row; i < p.row + p.rows; ++i)
            for (std::int64_t j = p.column; j < p.column + p.columns; ++j)
              ++count[std::size_t((p.batch * e.m + i) * e.n + j)];
        }
        for (int const times : count) REQUIRE(times == 1);
      }
}

TEST_CASE("nothing to do is no pieces; enough to do is as many for each thread") {
  auto const none = ds::loop::matmul_grid_of<tile>({1, 0, 5, 3}, 2, false, false);
  CHECK(none.pieces() == 0);
  auto const square = ds::loop::matmul_grid_of<tile>({1, 1024, 1024, 1024}, 2, false, false);
  CHECK(square.pieces() == 8);
  auto const one = ds::loop::matmul_grid_of<tile>({1, 500, 1024, 1024}, 1, false, false);
  CHECK(one.pieces() == 1);
}

TEST_CASE("small results are taken together, a number that divides their axis") {
  static_assert(ds::loop::small_batches({24, 16, 16, 32}, 12) == 12);
  static_assert(ds::loop::small_batches({24, 128, 128, 32}, 12) == 3);
  static_assert(ds::loop::small_batches({24, 512, 512, 64}, 12) == 1);
}

TEST_CASE("rows that are evaluated have a limit in bytes") {
  auto const wide = ds::loop::matmul_grid_of<tile>({1, 4096, 4096, 8192}, 1, false, true);
  CHECK(wide.rows == 56);
  auto const narrow = ds::loop::matmul_grid_of<tile>({1, 4096, 4096, 384}, 1, false, true);
  CHECK(narrow.rows > 448);
}
}  // namespace
