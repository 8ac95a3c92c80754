// SPDX-License-Identifier: Apache-2.0
/// @file tile_walk: each tile once, band by band, and the band that reads least.
#include <deepseek/tile/tile_walk.hpp>

#include <doctest/doctest.h>

#include <set>
#include <tuple>

namespace tile = deepseek::tile;

TEST_CASE("bands of two rows, column by column, the last band shorter") {
  tile::tile_walk const walk{3, 2, 2, 2};
  tile::tile_place const expected[] = {{0, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 1, 1},
                                       {0, 2, 0}, {0, 2, 1}, {1, 0, 0}, {1, 1, 0},
                                       {1, 0, 1}, {1, 1, 1}, {1, 2, 0}, {1, 2, 1}};
  CHECK(walk.count() == 12);
  for (int i = 0; i < 12; ++i) CHECK(walk.place(i) == expected[i]);
}

TEST_CASE("every tile once, whatever the extents and the band") {
  for (int rows : {1, 2, 5, 7})
    for (int columns : {1, 3, 4})
      for (int matrices : {1, 3})
        for (int band : {1, 2, 3, 5, 9}) {
          tile::tile_walk const walk{rows, columns, matrices, band};
          std::set<std::tuple<int, int, int>> seen;
          for (int i = 0; i < walk.count(); ++i) {
            auto const at = walk.place(i);
            REQUIRE(at.matrix >= 0);
            REQUIRE(at.matrix < matrices);
            REQUIRE(at.row >= 0);
            REQUIRE(at.row < rows);
            REQUIRE(at.column >= 0);
            REQUIRE(at.column < columns);
            seen.insert({at.matrix, at.row, at.column});
          }
          CHECK(static_cast<int>(seen.size()) == rows * columns * matrices);
        }
}

TEST_CASE("what runs at once reads a square of operands, as nearly as its tiles allow") {
  CHECK(tile::band_for(128, 128, 1) == 1);
  CHECK(tile::band_for(128, 128, 132) == 11);  // 11 x 12 tiles: 23 tiles of operands
  CHECK(tile::band_for(128, 256, 132) == 15);  // 15 rows, 9 columns: 15 * 128 + 9 * 256
  CHECK(tile::band_for(64, 256, 66) == 17);    // 17 * 64 + 4 * 256
}

TEST_CASE("shares of tiles: all tiles of one, then of the next") {
  tile::tile_walk const walk{3, 4, 2, 2};
  for (unsigned i = 0; i < 3 * 24; ++i)
    CHECK(walk.share(i) ==
          tile::tile_share{static_cast<int>(i / 24), walk.place(static_cast<int>(i % 24))});
}

TEST_CASE("rows of a tile: shares have results of their own, one after the other") {
  tile::tile_walk const walk{3, 2, 2, 2};
  auto const rows = walk.rows_of({1, 2, 0}, 3, 64, 170);
  CHECK(rows.first == 128);
  CHECK(rows.end == 170);
  CHECK(rows.result == 7);
}
