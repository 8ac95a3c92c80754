// SPDX-License-Identifier: Apache-2.0
/// @file group_walk: which rows and columns a block has of a product whose rows belong to groups. The
/// offsets of the groups stay in the GPU's memory: each warp looks for its block's group by itself.
///
/// Tiles of a group come column by column, so that blocks that run at the same time share its matrix.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/gpu/warp.hpp>
#include <deepseek/base/config.hpp>
#include <deepseek/tile/tile_walk.hpp>

namespace deepseek::tile {

/// group_walk<Offset>: group g has the rows offsets[g] to offsets[g + 1] of `rows`, in tiles of
/// `height` rows and `columns` columns of tiles. What is outside of 0 … rows is held to it.
template <class Offset> struct group_walk {
  /// Some blocks have no tile: how many there are is not known before.
  static constexpr bool all_have_tiles = false;
  static constexpr int matrices = 1;  ///< results

  Offset const* offsets;  // [groups + 1]
  int groups;
  int rows;
  int height;
  int columns;

  /// place: rows first to end of the tile's group; first of the tile.
  struct place {
    int matrix = 0;  ///< the group
    int first = 0;
    int end = 0;
    int column = 0;
  };
  struct share_of {
    int share;
    place tile;
  };

  /// blocks(): no fewer than there are tiles.
  [[nodiscard]] constexpr std::int64_t blocks() const {
    return (std::int64_t{rows} / height + (groups < rows ? groups : rows)) * columns;
  }

  /// share(number): the tile of block `number`; of a block without one, no rows.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE share_of share(unsigned number) const {
    using namespace arch::gpu;
    int const lane = lane_rank();
    unsigned before = 0;  // tiles of the groups so far
    for (int first = 0; first < groups; first += warp_size) {
      int begin = 0;
      int end = 0;
      if (first + lane < groups) {
        begin = held(load(offsets + first + lane), 0);
        end = held(load(offsets + first + lane + 1), begin);
      }
      auto const own = static_cast<unsigned>((end - begin + height - 1) / height * columns);
      unsigned upto = own;
      for (int step = 1; step < warp_size; step *= 2) {
        unsigned const other = shuffle_up(upto, step);
        if (lane >= step) upto += other;
      }
      std::uint32_t const found = ballot(number < before + upto);
      if (found != 0) {
        int const source = warp_size - __builtin_popcount(found);  // it holds from there on
        int const group_begin = shuffle(begin, source);
        int const group_end = shuffle(end, source);
        unsigned const in_group = number - before - shuffle(upto - own, source);
        auto const down = static_cast<unsigned>((group_end - group_begin + height - 1) / height);
        return {0,
                {first + source, group_begin + static_cast<int>(in_group % down) * height,
                 group_end, static_cast<int>(in_group / down)}};
      }
      before += shuffle(upto, warp_size - 1);
    }
    return {0, {}};
  }
  /// rows_of(at, ...): as tile_walk's.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE tile_rows rows_of(place const& at, int, int,
                                                                       int) const {
    return {at.first, at.end, 0};
  }

 private:
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int held(Offset offset, int low) const {
    auto const n = static_cast<std::int64_t>(offset);
    return n < low ? low : n > rows ? rows : static_cast<int>(n);
  }
};

}  // namespace deepseek::tile
