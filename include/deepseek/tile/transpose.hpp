// SPDX-License-Identifier: Apache-2.0
/// @file A tile through shared memory: neighbouring lanes write it along rows and read it along
/// columns, so that both sides of a permutation are neighbours in global memory.
///
/// Rows are apart by an odd number of banks' widths (of elements, if those are wider than a bank),
/// so that the lanes of one access meet no bank twice along a row or along a column.
#pragma once
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/config.hpp>

namespace deepseek::tile {

/// transpose_tile<T, Rows, Columns>: shared memory of a tile; T of 1, 2, 4, 8 or 16 bytes.
template <class T, int Rows, int Columns> struct transpose_tile {
  static constexpr int rows = Rows;
  static constexpr int columns = Columns;
  static constexpr int bank_bytes = 4;
  /// Elements of a bank's width; 1 if an element is as wide or wider.
  static constexpr int per_bank =
      static_cast<int>(sizeof(T)) < bank_bytes ? bank_bytes / static_cast<int>(sizeof(T)) : 1;
  /// Elements from a row to the next.
  static constexpr int pitch = ((Columns + per_bank - 1) / per_bank | 1) * per_bank;

  arch::gpu::shared_array<T, Rows * pitch> element;

  static constexpr DEEPSEEK_HOST_DEVICE int place(int row, int column) {
    return row * pitch + column;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE arch::gpu::shared_element<T> at(int row, int column) {
    return element[place(row, column)];
  }
};

/// write_rows(tile, rows, columns, source): tile(r, c) = source(r, c) for r < rows, c < columns, of
/// which the tile has as many or more; neighbouring lanes have neighbouring columns. By all threads
/// of the block; no barrier.
DEEPSEEK_ANY_SIDE
template <class T, int Rows, int Columns, class Source>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_rows(transpose_tile<T, Rows, Columns>& tile,
                                                     int rows, int columns, Source const& source) {
  int const warps = arch::gpu::block_threads() / arch::gpu::warp_size;
  for (int r = arch::gpu::warp_rank(); r < rows; r += warps)
    for (int c = arch::gpu::lane_rank(); c < columns; c += arch::gpu::warp_size)
      tile.at(r, c) = source(r, c);
}

/// read_columns(tile, rows, columns, sink): sink(r, c, tile(r, c)); neighbouring lanes have
/// neighbouring rows. By all threads of the block, after a barrier.
DEEPSEEK_ANY_SIDE
template <class T, int Rows, int Columns, class Sink>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void read_columns(transpose_tile<T, Rows, Columns>& tile,
                                                       int rows, int columns, Sink const& sink) {
  int const warps = arch::gpu::block_threads() / arch::gpu::warp_size;
  for (int c = arch::gpu::warp_rank(); c < columns; c += warps)
    for (int r = arch::gpu::lane_rank(); r < rows; r += arch::gpu::warp_size)
      sink(r, c, static_cast<T>(tile.at(r, c)));
}

/// transpose(tile, rows, columns, source, sink): both, with the barriers: the tile is free on return.
DEEPSEEK_ANY_SIDE
template <class T, int Rows, int Columns, class Source, class Sink>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void transpose(transpose_tile<T, Rows, Columns>& tile,
                                                    int rows, int columns, Source const& source,
                                                    Sink const& sink) {
  write_rows(tile, rows, columns, source);
  arch::gpu::sync_block();
  read_columns(tile, rows, columns, sink);
  arch::gpu::sync_block();
}

}  // namespace deepseek::tile
