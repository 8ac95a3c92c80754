// SPDX-License-Identifier: Apache-2.0
/// @file tile_walk: in which order blocks go through the tiles of a matrix, so that those that run at the
/// same time share operands in the second-level cache.
///
/// Bands of `band` rows of tiles, in each of them column by column: neighbours in number use the same few
/// rows of the left operand, and one column of the right one after the other.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek::tile {

/// tile_place: a tile: which of the matrices, row and column of tiles.
struct tile_place {
  int matrix = 0;
  int row = 0;
  int column = 0;
  friend bool operator==(tile_place const&, tile_place const&) = default;
};

/// tile_share: one of several shares of the work on a tile.
struct tile_share {
  int share = 0;
  tile_place tile;
  friend bool operator==(tile_share const&, tile_share const&) = default;
};

/// tile_rows: the first row of a tile; the rows before `end` are its operands'; the matrix of the result.
struct tile_rows {
  int first = 0;
  int end = 0;
  int result = 0;
};

/// tile_walk{rows, columns, matrices, band}: each tile once.
struct tile_walk {
  static constexpr bool all_have_tiles = true;
  int rows = 1;  ///< of tiles
  int columns = 1;
  int matrices = 1;
  int band = 1;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::int64_t count() const {
    return std::int64_t{rows} * columns * matrices;
  }
  /// place(number): of 0 … count() - 1, which fits in 31 bits.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr tile_place place(int number) const {
    auto const n = static_cast<unsigned>(number);
    unsigned const of_matrix = static_cast<unsigned>(rows) * static_cast<unsigned>(columns);
    unsigned const in_matrix = n % of_matrix;
    unsigned const of_band = static_cast<unsigned>(band) * static_cast<unsigned>(columns);
    unsigned const first = in_matrix / of_band * static_cast<unsigned>(band);
    unsigned const left = static_cast<unsigned>(rows) - first;
    unsigned const high = left < static_cast<unsigned>(band) ? left : static_cast<unsigned>(band);
    unsigned const in_band = in_matrix % of_band;
    return {static_cast<int>(n / of_matrix), static_cast<int>(first + in_band % high),
            static_cast<int>(in_band / high)};
  }
  /// share(number): where each tile has several shares: all tiles of the first share, then of the next.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr tile_share share(unsigned number) const {
    auto const tiles = static_cast<unsigned>(count());
    return {static_cast<int>(number / tiles), place(static_cast<int>(number % tiles))};
  }
  /// rows_of(tile, share, height, rows): of a tile of so many rows in matrices of so many; each share has
  /// results of its own.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr tile_rows rows_of(tile_place const& at, int share,
                                                                 int height, int all) const {
    return {at.row * height, all, at.matrix + share * matrices};
  }
};

/// band_for(tile_rows, tile_columns, blocks): where `blocks` tiles run at once: the band of which they read
/// the fewest elements of operands: band * tile_rows + blocks / band * tile_columns.
[[nodiscard]] constexpr int band_for(int tile_rows, int tile_columns, int blocks) {
  int best = 1;
  std::int64_t least = 0;
  for (int band = 1; band <= blocks; ++band) {
    std::int64_t const columns = (blocks + band - 1) / band;
    std::int64_t const reads = std::int64_t{band} * tile_rows + columns * tile_columns;
    if (band == 1 || reads < least) {
      best = band;
      least = reads;
    }
  }
  return best;
}

}  // namespace deepseek::tile
