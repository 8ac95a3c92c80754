// SPDX-License-Identifier: Apache-2.0
/// @file The tiles that a matrix product by mma has, which one suits its extents, and into how many shares k
/// is cut where few tiles fill the machine.
///
/// A tile's time is that of its slower part, products on the tensor cores or bytes that come from the
/// second-level cache; multiprocessors take tiles in turn. The model counts cycles of an A100; it has not
/// been measured on a GPU.
#pragma once
#include <cstddef>
#include <cstdint>

#include <deepseek/kernel/matmul_mma_config.hpp>

namespace deepseek::plan::gpu {

/// mma_tiles: the first is for large products; the second also for operands that are read element by
/// element, and for shares of k; the third is for a few rows.
inline constexpr kernel::matmul_mma_config mma_tiles[] = {
    {.rows = 128,
     .columns = 128,
     .warp_rows = 64,
     .warp_columns = 64,
     .stages = 4,
     .blocks_at_once = 2},
    {.rows = 64,
     .columns = 64,
     .warp_rows = 32,
     .warp_columns = 32,
     .stages = 5,
     .blocks_at_once = 3},
    {.rows = 32,
     .columns = 64,
     .warp_rows = 32,
     .warp_columns = 32,
     .stages = 6,
     .blocks_at_once = 4},
};
inline constexpr int mma_general_tile = 1;

/// mma_computed_tiles: of products whose operands are computed on the way: threads need registers for what
/// these are made of, and each element is computed for a whole row of tiles or column of them.
inline constexpr kernel::matmul_mma_config mma_computed_tiles[] = {
    {.rows = 128, .columns = 128, .warp_rows = 64, .warp_columns = 32, .stages = 4},
    mma_tiles[mma_general_tile],
};
inline constexpr int mma_general_computed_tile = 1;

namespace detail {
template <std::size_t N>
constexpr bool mma_tiles_possible(kernel::matmul_mma_config const (&tiles)[N]) {
  for (auto const& c : tiles)
    if (kernel::matmul_mma_fault(c) != nullptr) return false;
  return true;
}
static_assert(mma_tiles_possible(mma_tiles) && mma_tiles_possible(mma_computed_tiles),
              "[DS-MMA-TILES] a row of the table is no kernel; matmul_mma_fault(row) says why.");
}  // namespace detail

/// mma_product: extents; k in bytes.
struct mma_product {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  std::int64_t matrices = 1;
  std::int64_t k_bytes = 0;
};
/// mma_machine: what the model knows of a GPU.
struct mma_machine {
  int multiprocessors = 108;
  int products_of_bytes = 2048;  ///< bytes of k of one sum that are multiplied in a cycle
  int copied_bytes = 40;         ///< of each multiprocessor from the second-level cache, in a cycle
  int begin_cycles = 3000;       ///< of a launch
  int tile_cycles = 1500;        ///< until a tile's first products start and after its last
};
/// mma_choice: a tile, and shares of k; stages of k of each share.
struct mma_choice {
  int tile = 0;
  int shares = 1;
  std::int64_t share_blocks = 0;
};

constexpr std::int64_t parts_of(std::int64_t extent, std::int64_t part) {
  return (extent + part - 1) / part;
}
/// mma_tile_number(c, p): tiles of a product.
constexpr std::int64_t mma_tile_number(kernel::matmul_mma_config const& c, mma_product const& p) {
  return parts_of(p.rows, c.rows) * parts_of(p.columns, c.columns) * p.matrices;
}

/// mma_cycles(c, p, share_blocks, machine): what the model says of a tile, with so many stages of k a share.
constexpr std::int64_t mma_cycles(kernel::matmul_mma_config const& c, mma_product const& p,
                                  std::int64_t share_blocks, mma_machine const& machine = {}) {
  auto const least = [](std::int64_t a, std::int64_t b) { return a < b ? a : b; };
  std::int64_t const blocks = parts_of(p.k_bytes, c.depth_bytes);
  std::int64_t const shares = share_blocks == 0 ? 1 : parts_of(blocks, share_blocks);
  std::int64_t const products =
      std::int64_t{c.rows} * c.columns * c.depth_bytes / machine.products_of_bytes;
  std::int64_t const copied =
      (least(c.rows, p.rows) + least(c.columns, p.columns)) * c.depth_bytes / machine.copied_bytes;
  std::int64_t const stage = products > copied ? products : copied;
  std::int64_t const turns = parts_of(mma_tile_number(c, p) * shares, machine.multiprocessors);
  // Half of a tile's beginning and end goes on beside another block's products.
  std::int64_t const of_tiles =
      turns * ((share_blocks == 0 ? blocks : share_blocks) * stage + machine.tile_cycles / 2) +
      machine.tile_cycles / 2;
  if (shares == 1) return machine.begin_cycles + of_tiles;
  // Sums of shares are written and read once more, by a second launch.
  std::int64_t const bytes = p.matrices * p.rows * p.columns * 4 * (2 * shares + 1);
  return 2 * machine.begin_cycles + of_tiles +
         bytes / (std::int64_t{machine.multiprocessors} * machine.copied_bytes / 2);
}

/// choose_mma(tiles, general, p, shared, machine): the tile that takes the fewest cycles; of equals the
/// first. `shared`: k may be cut, by the general tile.
template <std::size_t N>
constexpr mma_choice choose_mma(kernel::matmul_mma_config const (&tiles)[N], int general,
                                mma_product const& p, bool shared,
                                mma_machine const& machine = {}) {
  constexpr int most_shares = 16;
  constexpr std::int64_t least_blocks = 8;  // of a share
  mma_choice best;
  std::int64_t fewest = -1;
  auto const consider = [&](int tile, int shares) {
    auto const& c = tiles[tile];
    std::int64_t const blocks = parts_of(p.k_bytes, c.depth_bytes);
    std::int64_t const share = shares == 1 ? blocks : parts_of(blocks, shares);
    std::int64_t const cycles = mma_cycles(c, p, share, machine);
    if (fewest >= 0 && cycles >= fewest) return;
    fewest = cycles;
    best = {tile, share == 0 ? 1 : static_cast<int>(parts_of(blocks, share)), share};
  };
  for (int tile = 0; tile < static_cast<int>(N); ++tile) consider(tile, 1);
  std::int64_t const all = parts_of(p.k_bytes, tiles[general].depth_bytes);
  if (shared)
    for (int shares = 2; shares <= most_shares && all / shares >= least_blocks; ++shares)
      consider(general, shares);
  return best;
}
constexpr mma_choice choose_mma(mma_product const& p, bool shared,
                                mma_machine const& machine = {}) {
  return choose_mma(mma_tiles, mma_general_tile, p, shared, machine);
}

}  // namespace deepseek::plan::gpu
