// SPDX-License-Identifier: Apache-2.0
/// @file How a block fills a matrix_tile with computed elements: what they are made of is brought to
/// registers one tile ahead, so that memory answers while the tile before is multiplied.
///
/// A Source of T has, for N neighbours of a line of the operand,
///   state<N>                             what a thread holds of them
///   fetch<N>(state, matrix, line, first, end)
///                                        brings them to registers: those from `first` on, before `end`
///   value<N>(state, i, first)            the i-th of them, computed
///   width                                elements of one access: if more than 1, neighbours end with a
/// whole chunk Lines and neighbours are those of the tile: along k a line is a row of the matrix, else
/// one of k.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>  // vec
#include <deepseek/arch/gpu/narrow.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/tile/matrix_tile.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::tile {

/// matrix_values<Tile, Threads, Source>: the part of a thread: chunks of one place in a line, of lines at
/// equal distances. What is outside of k is zero in the tile; outside of the rows it is anything. Nothing
/// is read outside.
template <class Tile, int Threads, class Source> class matrix_values {
  using T = typename Tile::element_type;
  static constexpr int width = Tile::chunk;
  static constexpr int line_step = Threads / Tile::chunks;
  static constexpr int count = Tile::lines / line_step;
  static_assert(Threads % Tile::chunks == 0 && Tile::lines % line_step == 0 && count <= 8,
                "[DS-MATRIX-VALUES] equal shares of the tile for all threads, of up to 8 chunks.");

 public:
  /// Of matrix number `matrix` of the batch, from `row` of `rows` and k = `first` of `k` on.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE matrix_values(Source const& source, int matrix, int row,
                                                     int rows, int first, int k)
      : source_{&source},
        matrix_{matrix},
        line_{arch::gpu::thread_rank() / Tile::chunks},
        element_{arch::gpu::thread_rank() % Tile::chunks * width},
        row_{row},
        rows_{rows},
        first_{first},
        k_{k} {
    fetch();
  }

  /// Computes the next tile, which begins at byte `tile` of memory, and fetches the one after it.
  template <int Bytes>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void next(
      arch::gpu::shared_array<unsigned char, Bytes>& memory, int tile) {
    using sixteen = arch::gpu::vec<T, width>;
    unrolled<count>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      constexpr int below = i * line_step;
      // A line of k is in the matrix or is not; of a row each element may be.
      int const there = Tile::along_k               ? k_ - first_element()
                        : first_line() + below < k_ ? width
                                                    : 0;
      sixteen const elements = chunk_of(held_[i], there);
      auto const to = memory[tile + Tile::place(line_ + below, element_ / width)].address();
      arch::gpu::shared_element<sixteen>{reinterpret_cast<sixteen*>(to)} = elements;
    });
    first_ += Tile::depth;
    fetch();
  }

 private:
  using state = typename Source::template state<width>;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int first_line() const {
    return (Tile::along_k ? row_ : first_) + line_;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int first_element() const {
    return (Tile::along_k ? first_ : row_) + element_;
  }
  /// Global -> registers.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch() {
    unrolled<count>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      int const line = first_line() + i * line_step;
      bool const there = line < (Tile::along_k ? rows_ : k_);
      source_->template fetch<width>(held_[i], matrix_, line, first_element(),
                                     !there          ? 0
                                     : Tile::along_k ? k_
                                                     : rows_);
    });
  }
  /// Registers -> a chunk of the tile: the first `there` elements of it.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE arch::gpu::vec<T, width> chunk_of(state& held,
                                                                         int there) const {
    using Value = decltype(source_->template value<width>(held, 0, 0));
    constexpr bool whole = Source::width > 1;
    arch::gpu::vec<T, width> chunk{};
    if (whole && there <= 0) return chunk;
    if constexpr (sizeof(T) == 2 && std::same_as<Value, float>) {
      unrolled<width / 2>([&](auto pair) DEEPSEEK_INLINE_LAMBDA {
        constexpr int e = 2 * pair;
        float const low = source_->template value<width>(held, e, first_element());
        float const high = source_->template value<width>(held, e + 1, first_element());
        std::uint32_t const both = arch::gpu::narrow<T>(whole || e < there ? low : 0.f,
                                                        whole || e + 1 < there ? high : 0.f);
        chunk[e] = __builtin_bit_cast(T, static_cast<std::uint16_t>(both));
        chunk[e + 1] = __builtin_bit_cast(T, static_cast<std::uint16_t>(both >> 16));
      });
    } else {
      unrolled<width>([&](auto e) DEEPSEEK_INLINE_LAMBDA {
        Value const v = source_->template value<width>(held, e, first_element());
        if constexpr (std::same_as<Value, T>) chunk[e] = whole || e < there ? v : T{};
        else chunk[e] = whole || e < there ? convert<T>(v) : T{};
      });
    }
    return chunk;
  }

  Source const* source_;
  int matrix_;
  int line_;     ///< of the first chunk, from the tile's first line on
  int element_;  ///< of the line, where the chunks begin
  int row_;
  int rows_;
  int first_;  ///< of k, of the tile that is fetched
  int k_;
  state held_[count];
};

}  // namespace deepseek::tile
