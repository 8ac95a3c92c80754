// SPDX-License-Identifier: Apache-2.0
/// @file The tile of a kernel of attention, and by how many blocks keys are shared: of extents alone, so that
/// results are the same bits in every run. Not measured on a GPU.
#pragma once
#include <cstdint>

#include <deepseek/kernel/attention_operands.hpp>
#include <deepseek/plan/gpu/matmul_tiles.hpp>  // parts_of

namespace deepseek::plan::gpu {

/// Rows of queries of a block: by mma, of one warp where there are few, and in f32.
inline constexpr int attention_rows = 128;
inline constexpr int attention_few_rows = 16;
inline constexpr int attention_simt_rows = 64;
inline constexpr int attention_simt_keys = 32;

/// attention_warp_rows(width, value_width): 32 rows read keys and values half as often as 16, where a lane
/// has registers for them.
constexpr int attention_warp_rows(int width, int value_width) {
  return width > 64 || value_width > 64 ? 16 : 32;
}
/// attention_keys(width, value_width): of a tile: what fits in the registers of a lane beside its sums.
constexpr int attention_keys(int width, int value_width) {
  bool const wide = width > 128 || value_width > 128;
  return wide || attention_warp_rows(width, value_width) == 32 ? 32 : 64;
}

/// attention_choice: of one call.
struct attention_choice {
  bool few;    ///< attention_few_rows
  int packed;  ///< heads that share keys, as rows of one block
  int row_tiles;
  int parts;  ///< blocks that share the keys of a row
  int tiles_of_part;
  std::int64_t blocks;
};

/// choose_attention(size, few_possible, keys, rows, enough_blocks): keys, rows: of a tile.
///
/// Heads are packed where each has fewer queries than a block has rows. Keys are shared where blocks would
/// not fill the largest GPUs, in parts of at least four tiles.
constexpr attention_choice choose_attention(kernel::attention_size const& s, bool few_possible,
                                            int keys, int tile_rows = attention_rows,
                                            std::int64_t enough_blocks = 2 * 132) {
  constexpr std::int64_t least_tiles = 4;
  constexpr std::int64_t most_parts = 64;
  attention_choice c{};
  int const ratio = s.kv_heads == 0 ? 1 : s.heads / s.kv_heads;
  c.packed = s.queries < tile_rows && ratio > 1 ? ratio : 1;
  std::int64_t const rows = std::int64_t{c.packed} * s.queries;
  c.few = few_possible && rows <= attention_few_rows;
  c.row_tiles = static_cast<int>(parts_of(rows, c.few ? attention_few_rows : tile_rows));
  std::int64_t const groups = c.packed == 0 ? 0 : std::int64_t{s.batches} * (s.heads / c.packed);
  std::int64_t const blocks = groups * c.row_tiles;
  std::int64_t const tiles = parts_of(s.keys, keys);
  std::int64_t parts = 1;
  if (blocks > 0 && blocks < enough_blocks) {
    parts = parts_of(enough_blocks, blocks);
    std::int64_t const most = tiles / least_tiles;
    parts = parts > most ? most : parts;
    parts = parts > most_parts ? most_parts : parts < 1 ? 1 : parts;
  }
  c.tiles_of_part = static_cast<int>(tiles == 0 ? 1 : parts_of(tiles, parts));
  c.parts = static_cast<int>(tiles == 0 ? 1 : parts_of(tiles, c.tiles_of_part));
  c.blocks = blocks * c.parts;
  return c;
}

}  // namespace deepseek::plan::gpu
