// SPDX-License-Identifier: Apache-2.0
/// @file The tiles that a matrix product has on sm_90a, and which one suits its extents.
///
/// A tile's time is that of its slower part: products on the tensor cores, or bytes that come from the
/// second-level cache. Blocks take tiles in turn, and the last turn may be a part of one; so the best tile is
/// often not the largest. The model counts cycles; it has not been measured on a GPU.
#pragma once
#include <cstddef>
#include <cstdint>

#include <deepseek/kernel/matmul_wgmma_config.hpp>

namespace deepseek::plan::gpu {

/// sm90_kernels: how many tiles are compiled, of which one is chosen; shared: one, whose blocks share k.
enum class sm90_kernels : unsigned char { all, few, one, shared };

/// sm90_tiles: of direct sums; sm90_promoted_tiles: of promoted ones (fp8 with scales of blocks).
inline constexpr kernel::matmul_wgmma_config sm90_tiles[] = {
    {.rows = 128, .columns = 256, .stages = 4, .cluster_rows = 2},
    {.rows = 256, .columns = 128, .stages = 4, .cluster_columns = 2},
    {.rows = 128, .columns = 192, .stages = 4},
    {.rows = 128, .columns = 128, .stages = 6, .alternate = true},
    {.rows = 64, .columns = 128, .stages = 8, .consumers = 1},
    {.rows = 64, .columns = 64, .stages = 12, .consumers = 1},
    {.rows = 64, .columns = 32, .stages = 16, .consumers = 1},
};
inline constexpr kernel::matmul_wgmma_config sm90_promoted_tiles[] = {
    {.rows = 128,
     .columns = 128,
     .stages = 6,
     .cluster_rows = 2,
     .sums = kernel::wgmma_sums::promoted},
    {.rows = 128, .columns = 128, .stages = 6, .sums = kernel::wgmma_sums::promoted},
    {.rows = 128, .columns = 64, .stages = 8, .sums = kernel::wgmma_sums::promoted},
    {.rows = 64, .columns = 64, .stages = 12, .consumers = 1, .sums = kernel::wgmma_sums::promoted},
    {.rows = 64, .columns = 32, .stages = 16, .consumers = 1, .sums = kernel::wgmma_sums::promoted},
};

/// sm90_shared_tile, sm90_promoted_shared_tile: of products whose k is shared.
inline constexpr kernel::matmul_wgmma_config sm90_shared_tile[] = {
    {.rows = 64, .columns = 64, .stages = 12, .consumers = 1, .shares_k = true}};
inline constexpr kernel::matmul_wgmma_config sm90_promoted_shared_tile[] = {
    {.rows = 64,
     .columns = 64,
     .stages = 12,
     .consumers = 1,
     .sums = kernel::wgmma_sums::promoted,
     .shares_k = true}};

namespace detail {
template <std::size_t N>
constexpr bool all_possible(kernel::matmul_wgmma_config const (&tiles)[N]) {
  for (auto const& c : tiles)
    if (kernel::matmul_wgmma_fault(c) != nullptr) return false;
  return true;
}
static_assert(all_possible(sm90_tiles) && all_possible(sm90_promoted_tiles) &&
                  all_possible(sm90_shared_tile) && all_possible(sm90_promoted_shared_tile),
              "[DS-SM90-TILES] a row of a table is no kernel; matmul_wgmma_fault(row) says why.");
}  // namespace detail

/// sm90_product: extents of a product; k in stages of 128 bytes.
struct sm90_product {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  std::int64_t matrices = 1;
  std::int64_t k_blocks = 1;
};

/// sm90_machine: what the model knows of a GPU.
struct sm90_machine {
  int multiprocessors = 132;
  int copied_bytes = 40;    ///< of each multiprocessor from the second-level cache, in a cycle
  int written_bytes = 24;   ///< results, in a cycle
  int begin_cycles = 2500;  ///< until the first products start
  int tile_cycles = 600;    ///< from the last products of a tile until its results go out
};

/// sm90_tile_count(c, p): tiles of whole clusters.
constexpr std::int64_t sm90_tile_count(kernel::matmul_wgmma_config const& c,
                                       sm90_product const& p) {
  auto const parts = [](std::int64_t extent, std::int64_t part) {
    return (extent + part - 1) / part;
  };
  return parts(p.rows, c.rows * c.cluster_rows) * parts(p.columns, c.columns * c.cluster_columns) *
         p.matrices;
}
/// sm90_blocks(c, p, machine): of the launch: no more than run at once.
constexpr std::int64_t sm90_blocks(kernel::matmul_wgmma_config const& c, sm90_product const& p,
                                   sm90_machine const& machine = {}) {
  std::int64_t const at_once = machine.multiprocessors / c.blocks();
  std::int64_t const clusters = sm90_tile_count(c, p);
  return (clusters < at_once ? clusters : at_once) * c.blocks();
}

/// sm90_cycles(c, p, result_bytes, machine): what the model says of a tile for a product.
constexpr std::int64_t sm90_cycles(kernel::matmul_wgmma_config const& c, sm90_product const& p,
                                   int result_bytes, sm90_machine const& machine = {}) {
  auto const least = [](std::int64_t a, std::int64_t b) { return a < b ? a : b; };
  auto const most = [](std::int64_t a, std::int64_t b) { return a > b ? a : b; };
  // One wgmma, 64 rows and 32 bytes of k: bound by its sums, or by what it reads of shared memory.
  std::int64_t const product = most(c.columns / 2, 16 + c.columns / 4);
  std::int64_t const products = c.rows / 64 * 4 * product;
  // Copies fill what is outside of the operands without reading.
  std::int64_t const copied = c.k_bytes * (least(c.rows, p.rows) / c.cluster_columns +
                                           least(c.columns, p.columns) / c.cluster_rows);
  std::int64_t const stage = most(products, copied / machine.copied_bytes);
  std::int64_t const written =
      least(c.rows, p.rows) * least(c.columns, p.columns) * result_bytes / machine.written_bytes +
      machine.tile_cycles;
  std::int64_t const clusters = machine.multiprocessors / c.blocks();
  std::int64_t const turns = (sm90_tile_count(c, p) + clusters - 1) / clusters;
  std::int64_t const tile = p.k_blocks * stage;
  // Consumers in turn write while the other one multiplies.
  std::int64_t const step = c.alternate ? most(tile, written) : tile + written;
  return machine.begin_cycles + (turns - 1) * step + tile + written;
}

/// sm90_choice(tiles, p, result_bytes, machine): which tile of a table takes the fewest cycles; of equals the
/// first. Along rows (by_rows) operands take whole panels of 64 columns.
template <std::size_t N>
constexpr int sm90_choice(kernel::matmul_wgmma_config const (&tiles)[N], sm90_product const& p,
                          int result_bytes, bool b_along_rows = false,
                          sm90_machine const& machine = {}) {
  int best = -1;
  std::int64_t fewest = 0;
  for (int i = 0; i < static_cast<int>(N); ++i) {
    if (b_along_rows && tiles[i].columns % 64 != 0) continue;
    std::int64_t const cycles = sm90_cycles(tiles[i], p, result_bytes, machine);
    if (best >= 0 && cycles >= fewest) continue;
    best = i;
    fewest = cycles;
  }
  return best;
}

/// sm90_shares: into how many parts k is cut, and stages of k of each.
struct sm90_shares {
  int count = 1;
  std::int64_t blocks = 0;
};

/// sm90_shares_of(tiles, p, result_bytes, b_along_rows, machine): one where a tile of the table takes
/// fewer cycles alone. Sums of shares are written, and read once more by a second launch.
template <std::size_t N>
constexpr sm90_shares sm90_shares_of(kernel::matmul_wgmma_config const (&tiles)[N],
                                     sm90_product const& p, int result_bytes,
                                     bool b_along_rows = false, sm90_machine const& machine = {}) {
  constexpr int most_shares = 16;
  constexpr std::int64_t least_blocks = 8;  // of a share
  auto const& c = sm90_shared_tile[0];
  int const alone = sm90_choice(tiles, p, result_bytes, b_along_rows, machine);
  sm90_shares best{1, p.k_blocks};
  std::int64_t fewest = sm90_cycles(tiles[alone], p, result_bytes, machine);
  for (int shares = 2; shares <= most_shares && p.k_blocks / shares >= least_blocks; ++shares) {
    std::int64_t const blocks = (p.k_blocks + shares - 1) / shares;
    std::int64_t const count = (p.k_blocks + blocks - 1) / blocks;
    std::int64_t const read = p.rows * p.columns * p.matrices * (4 * count + result_bytes);
    std::int64_t const cycles =
        sm90_cycles(c, {p.rows, p.columns, p.matrices * count, blocks}, 4, machine) +
        machine.begin_cycles +
        read / (std::int64_t{machine.multiprocessors} * machine.written_bytes);
    if (cycles >= fewest) continue;
    fewest = cycles;
    best = {static_cast<int>(count), blocks};
  }
  return best;
}

}  // namespace deepseek::plan::gpu
