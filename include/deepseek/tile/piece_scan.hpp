// SPDX-License-Identifier: Apache-2.0
/// @file Running joins over a piece of a row that threads hold in accesses of neighbouring elements.
///
/// Access v of thread r has the elements from (v * threads + r) * Width on: those of all threads' first
/// access come before those of their second. Joins need only associate. The same bits on every machine.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/block_scan.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::tile {

/// piece_scan_scratch<Bytes, Vectors, Warps>: shared memory of scans of values of up to 4 or 8 bytes, by
/// Warps warps whose threads have Vectors accesses.
template <int Bytes, int Vectors, int Warps> struct piece_scan_scratch {
  static_assert(Bytes == 4 || Bytes == 8, "[DS-PIECE-BYTES] piece_scan_scratch: of 4 or 8 bytes.");
  static constexpr int vectors = Vectors;
  static constexpr int warps = Warps;
  using word = std::conditional_t<Bytes == 4, std::uint32_t, std::uint64_t>;
  arch::gpu::shared_array<word, Vectors * Warps> of_warp;

  template <carried T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void put(int place, T const& value) {
    static_assert(sizeof(T) <= Bytes, "[DS-PIECE-BYTES] a value wider than its scratch.");
    word w = 0;
    __builtin_memcpy(&w, &value, sizeof(T));
    of_warp[place] = w;
  }
  template <carried T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T get(int place) {
    word const w = of_warp[place];
    T value;
    __builtin_memcpy(&value, &w, sizeof(T));
    return value;
  }
};

namespace detail {

/// value[i] becomes the join of the elements of its access up to it.
template <int Width, carried T, int N, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scan_accesses(T (&value)[N], Join const& join) {
  static_assert(N % Width == 0, "[DS-ACCESS-WIDTH] a piece: N is a multiple of Width.");
  unrolled<N / Width>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
    unrolled<Width - 1>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      value[v * Width + i + 1] = join(value[v * Width + i], value[v * Width + i + 1]);
    });
  });
}
/// What comes before access v, joined to its elements.
template <int Width, carried T, int N, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join_before(T const& before, T (&value)[N], int v,
                                                      Join const& join) {
  unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
    value[v * Width + i] = join(before, value[v * Width + i]);
  });
}

}  // namespace detail

/// team_piece_scan<Lanes, Width>(value, start, join): value[i] becomes the join of `start` and of all
/// elements of the piece up to it; returns the join of all. A team is Lanes neighbours within a warp, a power
/// of two; every lane of the warp calls it.
template <int Lanes, int Width, carried T, int N, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T team_piece_scan(T (&value)[N],
                                                       std::type_identity_t<T> const& start,
                                                       Join const& join) {
  detail::scan_accesses<Width>(value, join);
  int const place = arch::gpu::lane_rank() % Lanes;
  int const last = arch::gpu::lane_rank() - place + Lanes - 1;
  T running = start;
  unrolled<N / Width>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
    T const own = team_scan<Lanes>(value[v * Width + Width - 1], join);
    T const before = from_below(own, 1);
    detail::join_before<Width>(choose(place == 0, running, join(running, before)), value, v, join);
    running = join(running, from_lane(own, last));
  });
  return running;
}

/// block_piece_scan<Width>(value, start, join, scratch): the same by all threads of a block, which is as many
/// warps as its scratch is for. Two barriers; the scratch is free on return.
template <int Width, carried T, int N, class Join, class Scratch>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T block_piece_scan(T (&value)[N],
                                                        std::type_identity_t<T> const& start,
                                                        Join const& join, Scratch& scratch) {
  constexpr int vectors = N / Width;
  constexpr int warps = Scratch::warps;
  static_assert(vectors == Scratch::vectors, "[DS-PIECE-BYTES] a scratch of as many accesses.");
  detail::scan_accesses<Width>(value, join);
  int const lane = arch::gpu::lane_rank();
  int const warp = arch::gpu::warp_rank();
  T own[vectors];  // the accesses of the warp's lanes up to the own one
  unrolled<vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
    own[v] = warp_scan(value[v * Width + Width - 1], join);
    if (lane == arch::gpu::warp_size - 1) scratch.put(v * warps + warp, own[v]);
  });
  arch::gpu::sync_block();
  T running = start;
  unrolled<vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
    T all = scratch.template get<T>(v * warps + (lane < warps ? lane : 0));
    for (int n = 1; n < warps; n *= 2) {
      T const lower = from_below(all, n);
      if (lane >= n) all = join(lower, all);
    }
    T const of_warps = from_lane(all, warp == 0 ? 0 : warp - 1);
    T const of_lanes = from_below(own[v], 1);
    T const before = choose(warp == 0, running, join(running, of_warps));
    detail::join_before<Width>(choose(lane == 0, before, join(before, of_lanes)), value, v, join);
    running = join(running, from_lane(all, warps - 1));
  });
  arch::gpu::sync_block();
  return running;
}

}  // namespace deepseek::tile
