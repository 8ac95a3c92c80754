// SPDX-License-Identifier: Apache-2.0
/// @file matrix_tile: a tile of a matrix in shared memory, from which a warp loads fragments for mma.
///
/// Lines of neighbours, in chunks of 16 bytes that change places: chunk c of line l is in place c xor a key
/// of l, so that the 8 rows that a part of ldmatrix reads are in all banks. A line is a row of the matrix
/// (neighbours along k) or one of k (neighbours along rows).
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/ldmatrix.hpp>
#include <deepseek/arch/gpu/matrix_fragment.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/tf32.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::tile {

/// neighbours: what is beside an element of an operand in memory.
enum class neighbours : unsigned char { along_k, along_rows };

/// matrix_tile<T, Rows, Depth, Along>: Rows of a, or columns of b, by Depth of k; T in memory.
template <class T, int Rows, int Depth, neighbours Along> struct matrix_tile {
  using element_type = T;
  static constexpr int rows = Rows;
  static constexpr int depth = Depth;
  static constexpr bool along_k = Along == neighbours::along_k;
  static constexpr int chunk_bytes = 16;
  static constexpr int chunk = chunk_bytes / int(sizeof(T));  ///< elements of one
  static constexpr int lines = along_k ? Rows : Depth;
  static constexpr int line_bytes = (along_k ? Depth : Rows) * int(sizeof(T));
  static constexpr int chunks = line_bytes / chunk_bytes;  ///< of a line
  static constexpr int bytes = lines * line_bytes;
  static_assert(line_bytes % 32 == 0 && (chunks & (chunks - 1)) == 0 && lines % 8 == 0,
                "[DS-MATRIX-TILE] lines of 32, 64, 128 ... bytes, 8 or more of them.");
  static_assert(along_k || sizeof(T) != 1,
                "[DS-MATRIX-TILE] of one byte, only neighbours along k can be multiplied.");

  /// key(line): what the numbers of its chunks are xor-ed with. Single words are read from four lines at a
  /// time, 8 words of each.
  static DEEPSEEK_HOST_DEVICE constexpr int key(int line) {
    constexpr int most = chunks < 8 ? chunks : 8;
    if constexpr (!along_k && sizeof(T) == 4) return line % 4 * 2 % most;
    else return line / (8 / most) % most;
  }
  /// place(line, c): the byte at which chunk c of a line begins.
  static DEEPSEEK_HOST_DEVICE constexpr int place(int line, int c) {
    return line * line_bytes + (c ^ key(line)) * chunk_bytes;
  }
};

namespace detail {

/// The word of a factor, of the word in memory.
template <class Factor>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::uint32_t factor_word(std::uint32_t word) {
  if constexpr (std::same_as<Factor, arch::gpu::tf32>)
    return arch::gpu::tf32{__builtin_bit_cast(float, word)}.bits;
  else return word;
}

/// One word of a tile whose neighbours are along rows.
template <class Tile, int Bytes>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::uint32_t word_at(
    arch::gpu::shared_array<unsigned char, Bytes>& memory, int first, int k, int row) {
  int const at = first + Tile::place(k, row / Tile::chunk) + row % Tile::chunk * 4;
  return arch::gpu::shared_element<std::uint32_t>{
      reinterpret_cast<std::uint32_t*>(memory[at].address())};
}

}  // namespace detail

/// load_a<Factor, Tile>(memory, first, row, k): the fragment of 16 rows from `row` on and 32 bytes of k;
/// `first`: where the tile begins. By all lanes of a warp.
template <class Factor, class Tile, int Bytes>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load_a(
    arch::gpu::shared_array<unsigned char, Bytes>& memory, int first, int row, int k) {
  using T = typename Tile::element_type;
  arch::gpu::fragment_a<Factor, 32 / int(sizeof(T))> to;
  int const lane = arch::gpu::lane_rank();
  if constexpr (!Tile::along_k && sizeof(T) == 4) {
    unrolled<4>([&](auto w) DEEPSEEK_INLINE_LAMBDA {
      auto const at = to.place(lane, w);
      to.word[w] = detail::factor_word<Factor>(
          detail::word_at<Tile>(memory, first, k + at.column, row + at.row));
    });
  } else {
    // Of the four matrices the second is 8 rows below the first, the third beside it along k.
    int const below = lane / 8 % 2;
    int const beside = lane / 16;
    int const line = Tile::along_k ? row + lane % 8 + below * 8 : k + lane % 8 + beside * 8;
    int const c = Tile::along_k ? k / Tile::chunk + beside : row / Tile::chunk + below;
    auto const at = memory[first + Tile::place(line, c)];
    auto const all = [&] {
      if constexpr (Tile::along_k) return arch::gpu::ldmatrix<4>(at);
      else return arch::gpu::ldmatrix_transposed<4>(at);
    }();
    unrolled<4>([&](auto w) DEEPSEEK_INLINE_LAMBDA {
      to.word[w] = detail::factor_word<Factor>(all.word[w]);
    });
  }
  return to;
}

/// fragment_pair<Factor, K>: of b, 16 columns.
template <class Factor, int K> struct fragment_pair { arch::gpu::fragment_b<Factor, K> of[2]; };

/// load_b<Factor, Tile>(memory, first, column, k): the fragments of 16 columns from `column` on and 32 bytes
/// of k. By all lanes of a warp.
template <class Factor, class Tile, int Bytes>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto load_b(
    arch::gpu::shared_array<unsigned char, Bytes>& memory, int first, int column, int k) {
  using T = typename Tile::element_type;
  fragment_pair<Factor, 32 / int(sizeof(T))> to;
  int const lane = arch::gpu::lane_rank();
  if constexpr (!Tile::along_k && sizeof(T) == 4) {
    unrolled<4>([&](auto w) DEEPSEEK_INLINE_LAMBDA {
      auto const at = to.of[0].place(lane, w % 2);
      to.of[w / 2].word[w % 2] = detail::factor_word<Factor>(
          detail::word_at<Tile>(memory, first, k + at.row, column + w / 2 * 8 + at.column));
    });
  } else {
    // Of the four matrices the second is beside the first along k, the third has the next 8 columns.
    int const beside = lane / 8 % 2;
    int const below = lane / 16;
    int const line = Tile::along_k ? column + lane % 8 + below * 8 : k + lane % 8 + beside * 8;
    int const c = Tile::along_k ? k / Tile::chunk + beside : column / Tile::chunk + below;
    auto const at = memory[first + Tile::place(line, c)];
    auto const all = [&] {
      if constexpr (Tile::along_k) return arch::gpu::ldmatrix<4>(at);
      else return arch::gpu::ldmatrix_transposed<4>(at);
    }();
    unrolled<4>([&](auto w) DEEPSEEK_INLINE_LAMBDA {
      to.of[w / 2].word[w % 2] = detail::factor_word<Factor>(all.word[w]);
    });
  }
  return to;
}

}  // namespace deepseek::tile
