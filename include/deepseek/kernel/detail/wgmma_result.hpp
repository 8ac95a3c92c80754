// SPDX-License-Identifier: Apache-2.0
/// @file wgmma_result: sums on their way from the registers of a warp, where a lane has two neighbours, to
/// wide pieces of rows, through shared memory of the warp alone.
///
/// Chunks of 16 bytes change places so that neither side meets a bank twice: chunk c of row r is in place
/// c xor 2 (r % 4), in rows of 16 chunks its lowest bit also xor that of c / 8, in rows of 8 xor that of r.
/// Two neighbouring chunks stay a pair, for a lane's two neighbours of four rows; and every second chunk of
/// a row (of two rows, if they have 8) is in banks of its own.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/global.hpp>  // vec
#include <deepseek/arch/gpu/matrix_fragment.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/unrolled.hpp>
#include <deepseek/tile/vector_access.hpp>  // held

namespace deepseek::kernel {

/// wgmma_piece<Sum, Columns>: shared memory of one warp: 16 rows of 32 or 64 sums.
template <class Sum, int Columns> struct wgmma_piece {
  static_assert(sizeof(Sum) == 4 && (Columns == 32 || Columns == 64),
                "[DS-WGMMA-PIECE] rows of 32 or 64 sums of 4 bytes.");
  static constexpr int rows = 16;
  static constexpr int columns = Columns;
  static constexpr int chunk = 4;  ///< sums of 16 bytes
  static constexpr int chunks = Columns / chunk;

  arch::gpu::shared_array<Sum, rows * Columns> sum;

  /// place(row, column): where it is.
  static constexpr DEEPSEEK_HOST_DEVICE int place(int row, int column) {
    int const c = column / chunk;
    int const low = chunks == 16 ? c / 8 % 2 : row % 2;
    return row * Columns + ((c ^ (row % 4 * 2)) ^ low) * chunk + column % chunk;
  }
};

/// put(piece, sums, first): what the lane has of columns first … first + Columns - 1. By all lanes; others
/// see it after sync_warp().
template <int First, class Sum, int Columns, class Sums>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void put(wgmma_piece<Sum, Columns>& piece, Sums const& sums) {
  using pair = arch::gpu::vec<Sum, 2>;
  int const lane = arch::gpu::lane_rank();
  tile::unrolled<Columns / 4>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
    constexpr int element = First / 2 + 2 * i;
    auto const at = arch::gpu::fragment_c<Sum, 8>::place(lane, element % 4);
    pair const two{{sums[element], sums[element + 1]}};
    Sum* const to = piece.sum[piece.place(at.row, i / 2 * 8 + at.column)].address();
    arch::gpu::shared_element<pair>{reinterpret_cast<pair*>(to)} = two;
  });
}

/// get<Width>(piece, row, column): Width neighbours, from a multiple of Width on.
template <int Width, class Sum, int Columns>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE tile::held<Sum, Width> get(wgmma_piece<Sum, Columns>& piece,
                                                                int row, int column) {
  constexpr int chunk = Width < 4 ? Width : 4;
  using part = arch::gpu::vec<Sum, chunk>;
  tile::held<Sum, Width> all;
  tile::unrolled<Width / chunk>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
    Sum* const from = piece.sum[piece.place(row, column + p * chunk)].address();
    part const some = arch::gpu::shared_element<part>{reinterpret_cast<part*>(from)};
    tile::unrolled<chunk>([&](auto k) DEEPSEEK_INLINE_LAMBDA { all[p * chunk + k] = some[k]; });
  });
  return all;
}

/// by_rows<Width, N, Unroll>(piece, sums, f): f(row of 16, column, held<Sum, Width>) for all that the warp
/// has, N columns; neighbouring lanes have neighbouring places of a row; Unroll calls of f are under way at
/// once. By all lanes of the warp.
DEEPSEEK_ANY_SIDE
template <int Width, int N, int Unroll = 4, class Sum, int Columns, class Sums, class F>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void by_rows(wgmma_piece<Sum, Columns>& piece,
                                                  Sums const& sums, F const& f) {
  static_assert(N % Columns == 0 && Columns % Width == 0, "[DS-WGMMA-PIECE] whole pieces.");
  constexpr int in_row = Columns / Width;
  constexpr int rounds = 16 * in_row / arch::gpu::warp_size;
  auto const one = [&](int round, int first) DEEPSEEK_INLINE_LAMBDA {
    int const at = round * arch::gpu::warp_size + arch::gpu::lane_rank();
    int const row = at / in_row;
    int const column = at % in_row * Width;
    f(row, first + column, get<Width>(piece, row, column));
  };
  tile::unrolled<N / Columns>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
    arch::gpu::sync_warp();  // the piece before has been read
    put<p * Columns>(piece, sums);
    arch::gpu::sync_warp();
    // The compiler unrolls it, in less time than the language would.
#if DEEPSEEK_DEVICE_PASS
#pragma unroll Unroll
#endif
    for (int i = 0; i < rounds; ++i) one(i, p * Columns);
  });
}

}  // namespace deepseek::kernel
