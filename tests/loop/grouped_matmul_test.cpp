// SPDX-License-Identifier: Apache-2.0
/// @file group_grids: each row of each group once, pieces numbered on, no piece of an empty group.
#include <deepseek/loop/grouped_matmul.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace loop = deepseek::loop;

TEST_CASE("pieces of all groups: each element once, in rows of one group") {
  using Kernel = loop::detail::multiply_add<float>;
  std::vector<std::int64_t> const offsets{0, 0, 3, 1500, 1500, 1501, 1501};
  for (int threads : {1, 2, 8})
    for (bool whole_rows : {false, true}) {
      loop::matmul_extents const e{1, 1501, 300, 64};
      auto const grids =
          loop::group_grids<Kernel>(offsets.data(), 6, e, threads, whole_rows, false);
      REQUIRE(grids.count == 3);
      std::vector<int> seen(static_cast<std::size_t>(e.m * e.n), 0);
      std::int64_t number = 0;
      for (auto const& of : grids) {
        CHECK(of.first_piece == number);
        CHECK(of.first_row == offsets[static_cast<std::size_t>(of.group)]);
        for (std::int64_t p = 0; p < of.grid.pieces(); ++p, ++number) {
          auto const piece = of.grid.piece(p);
          CHECK(of.first_row + piece.row + piece.rows <=
                offsets[static_cast<std::size_t>(of.group) + 1]);
          if (whole_rows) CHECK(piece.columns == e.n);
          for (std::int64_t i = 0; i < piece.rows; ++i)
            for (std::int64_t j = 0; j < piece.columns; ++j)
              ++seen[static_cast<std::size_t>((of.first_row + piece.row + i) * e.n + piece.column +
                                              j)];
        }
      }
      int wrong = 0;
      for (int const times : seen) wrong += times != 1;
      CHECK(wrong == 0);
    }
}
