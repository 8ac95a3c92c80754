// SPDX-License-Identifier: Apache-2.0
/// @file How a block fills a matrix_tile from global memory, tile after tile along k: by copies of 16 bytes
/// that go on beside the work, or element by element where addresses are not aligned to that.
///
/// What is outside of the matrix is zero in the tile and is not read.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/async_copy.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/matrix_tile.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::tile {

/// matrix_copies<Tile, Threads>: the part of a thread: chunks of one place in a line, of lines at equal
/// distances. The operand's lines begin at multiples of 16 bytes.
template <class Tile, int Threads> class matrix_copies {
  using T = typename Tile::element_type;
  static constexpr int line_step = Threads / Tile::chunks;
  static constexpr int count = Tile::lines / line_step;
  static_assert(Threads % Tile::chunks == 0 && Tile::lines % line_step == 0 && count <= 32,
                "[DS-MATRIX-COPY] equal shares of the tile for all threads.");

 public:
  /// From `row` of `rows` and k = `first` of `k` on; `stride`: elements from line to line.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE matrix_copies(T const* data, std::int64_t stride, int row,
                                                     int rows, int first, int k)
      : stride_{stride}, left_{k - first} {
    int const thread = arch::gpu::thread_rank();
    line_ = thread / Tile::chunks;
    element_ = thread % Tile::chunks * Tile::chunk;
    to_ = line_ * Tile::line_bytes + ((thread % Tile::chunks) ^ Tile::key(line_)) * 16;
    if constexpr (Tile::along_k) {
      from_ = data + (row + line_) * stride + first + element_;
      rows_left_ = rows - row - line_;
    } else {
      from_ = data + (first + line_) * stride + row + element_;
      rows_left_ = rows - row - element_;
    }
  }

  /// Starts the copies of the next tile, which begins at byte `tile` of memory.
  template <int Bytes>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void next(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, int tile) {
    using sixteen = arch::gpu::vec<T, Tile::chunk>;
    int const along = bytes_of(Tile::along_k ? left_ - element_ : rows_left_);
    unrolled<count>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      constexpr int below = i * line_step;
      bool const there = below < (Tile::along_k ? rows_left_ : left_ - line_);
      // Lines at a distance of 8 or more have the same key; others are found again.
      constexpr bool same_key = line_step % 8 == 0;
      int const place = same_key ? to_ + below * Tile::line_bytes
                                 : Tile::place(line_ + below, element_ / Tile::chunk);
      auto const to = memory[tile + place].address();
      arch::gpu::copy_async(arch::gpu::shared_element<sixteen>{reinterpret_cast<sixteen*>(to)},
                            reinterpret_cast<sixteen const*>(from_ + below * stride_),
                            there ? along : 0);
    });
    left_ -= Tile::depth;
    from_ += Tile::along_k ? std::int64_t{Tile::depth} : Tile::depth * stride_;
  }

 private:
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int bytes_of(int elements) {
    return elements <= 0 ? 0 : elements >= Tile::chunk ? 16 : elements * int(sizeof(T));
  }

  T const* from_;
  std::int64_t stride_;
  int left_;     ///< of k, from the next tile on
  int line_;     ///< of the first chunk
  int element_;  ///< of the line, where the chunks begin
  int to_;
  int rows_left_;  ///< from the first chunk on
};

/// matrix_elements<Tile, Threads>: the same, of any strides: elements through registers.
template <class Tile, int Threads> class matrix_elements {
  using T = typename Tile::element_type;
  static constexpr int all = Tile::lines * Tile::chunks;

 public:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE matrix_elements(T const* data, std::int64_t step,
                                                       std::int64_t k_step, int row, int rows,
                                                       int first, int k)
      : from_{data + row * step + first * k_step},
        step_{step},
        k_step_{k_step},
        left_{k - first},
        rows_left_{rows - row} {}

  template <int Bytes>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void next(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, int tile) {
    using sixteen = arch::gpu::vec<T, Tile::chunk>;
    for (int i = arch::gpu::thread_rank(); i < all; i += Threads) {
      int const line = i / Tile::chunks;
      int const c = i % Tile::chunks;
      sixteen elements;
      unrolled<Tile::chunk>([&](auto e) DEEPSEEK_INLINE_LAMBDA {
        int const row = Tile::along_k ? line : c * Tile::chunk + e;
        int const k = Tile::along_k ? c * Tile::chunk + e : line;
        bool const there = row < rows_left_ && k < left_;
        elements[e] = there ? arch::gpu::load(from_ + row * step_ + k * k_step_) : T{};
      });
      auto const to = memory[tile + Tile::place(line, c)].address();
      arch::gpu::shared_element<sixteen>{reinterpret_cast<sixteen*>(to)} = elements;
    }
    left_ -= Tile::depth;
    from_ += Tile::depth * k_step_;
  }

 private:
  T const* from_;
  std::int64_t step_;
  std::int64_t k_step_;
  int left_;
  int rows_left_;
};

}  // namespace deepseek::tile
