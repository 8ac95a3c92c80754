// SPDX-License-Identifier: Apache-2.0
/// @file attention_wgmma_tiles: tiles of queries, keys and values in shared memory: how tensor copies bring
/// them, where wgmma finds them, and which tiles of keys there are.
///
/// Queries and keys are panels of 64 elements of all rows, beside each other; values are blocks of 64 keys,
/// below each other, which wgmma reads along rows.
#pragma once
#include <deepseek/arch/gpu/matrix_descriptor.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/tensor_map.hpp>
#include <deepseek/kernel/detail/attention_tiles.hpp>
#include <deepseek/kernel/detail/wgmma_operand.hpp>

namespace deepseek::kernel {

/// attention_place: matrix (batch, head) of an operand.
struct attention_place {
  int head;
  int batch;
};

/// attention_rows_tile<T, Rows, Width>: of queries or keys: multiplied along their width.
template <class T, int Rows, int Width> struct attention_rows_tile {
  using panel = wgmma_operand<T, Rows, arch::gpu::major_axis::k, 1>;
  static_assert(Width % panel::depth == 0, "[DS-ATTENTION-CONFIG] widths by 64.");
  static constexpr int lines = Rows;
  static constexpr int panels = Width / panel::depth;
  static constexpr int bytes = panels * panel::bytes;
  static constexpr int steps = panels * panel::steps;  ///< products of one tile

  /// load(memory, first, map, barrier, row, at): starts the copies of rows from `row` on.
  template <int Bytes>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void load(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, int first,
      arch::gpu::tensor_map const& map, arch::gpu::mbarrier& barrier, int row, attention_place at) {
    for (int p = 0; p < panels; ++p)
      panel::load(memory, first + p * panel::bytes, map, barrier, 0, row, p * panel::depth, at.head,
                  at.batch);
  }
  /// offset(step): bytes from the tile's first to those of a product.
  static constexpr DEEPSEEK_HOST_DEVICE int offset(int step) {
    return step / panel::steps * panel::bytes + step % panel::steps * panel::step_bytes;
  }
};

/// attention_values_tile<T, Keys, Width>: of values: multiplied along keys.
template <class T, int Keys, int Width> struct attention_values_tile {
  using block = wgmma_operand<T, Width, arch::gpu::major_axis::mn, 1>;
  static_assert(Keys % block::depth == 0, "[DS-ATTENTION-CONFIG] keys by 64.");
  static constexpr int blocks = Keys / block::depth;
  static constexpr int bytes = blocks * block::bytes;
  static constexpr int steps = blocks * block::steps;

  /// load(memory, first, map, barrier, key, at): starts the copies of keys from `key` on.
  template <int Bytes>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void load(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, int first,
      arch::gpu::tensor_map const& map, arch::gpu::mbarrier& barrier, int key, attention_place at) {
    for (int b = 0; b < blocks; ++b)
      block::load(memory, first + b * block::bytes, map, barrier, 0, 0, key + b * block::depth,
                  at.head, at.batch);
  }
  static constexpr DEEPSEEK_HOST_DEVICE int offset(int step) {
    return step / block::steps * block::bytes + step % block::steps * block::step_bytes;
  }
};

/// visited_tiles<Scored>: the tiles of keys of a block, after find_tiles and a barrier; where nothing is
/// asked of the score all of them, and none is masked.
template <bool Scored> struct visited_tiles {
  tile_bits& bits;
  int first;
  int end;

  /// from(tile): the first from `tile` on; end: none.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int from(int tile) const {
    if constexpr (Scored) return next_tile(bits, first, tile, end);
    else return tile;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool masked(int tile) const {
    if constexpr (Scored) return is_masked(bits, tile - first);
    else return false;
  }
};

}  // namespace deepseek::kernel
