// SPDX-License-Identifier: Apache-2.0
/// @file One value of all threads of a block, a warp or a team of lanes, in every one of them.
///
/// The order is that of the threads: a join of two values has those of lower threads first, and neighbours
/// meet first: (0 1) (2 3) …, then ((0 1) (2 3)) …; then warps in the same way. So joins need not commute,
/// only associate, and what does not quite associate (sums of floats) has the same bits on every machine.
#pragma once
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/lane_exchange.hpp>

namespace deepseek::tile {

namespace detail {

/// The other lane's value first where the own lane is the upper one. Of numbers both orders are an
/// instruction each, and one where the compiler knows that they commute; else the operands change places.
template <carried T, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T join_in_order(bool upper, T const& value, T const& other,
                                                     Join const& join) {
  if constexpr (std::is_arithmetic_v<T>) return upper ? join(other, value) : join(value, other);
  else return join(choose(upper, other, value), choose(upper, value, other));
}

}  // namespace detail

/// team_reduce<Lanes>(value, join): join of the values of a team: Lanes neighbours within a warp, a power of
/// two. Every lane of the warp calls it; each gets the result of its own team.
template <int Lanes, carried T, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T team_reduce(T value, Join const& join) {
  static_assert(Lanes >= 1 && Lanes <= arch::gpu::warp_size && (Lanes & (Lanes - 1)) == 0,
                "[DS-TEAM-LANES] team_reduce<Lanes>: 1, 2, 4, 8, 16 or 32 lanes.");
  int const lane = arch::gpu::lane_rank();
  for (int bits = 1; bits < Lanes; bits *= 2) {
    T const other = from_xor(value, bits);
    value = detail::join_in_order((lane & bits) != 0, value, other, join);
  }
  return value;
}

/// block_reduce_scratch<T, MaxWarps>: shared memory of block_reduce, for blocks of up to MaxWarps warps.
template <carried T, int MaxWarps = arch::gpu::warp_size> struct block_reduce_scratch {
  static_assert(MaxWarps >= 1 && MaxWarps <= arch::gpu::warp_size,
                "[DS-BLOCK-WARPS] a block has 1 to 32 warps.");
  arch::gpu::shared_array<T, MaxWarps> of_warp;
};

namespace detail {

/// places<MaxWarps>: the power of two from MaxWarps on.
template <int MaxWarps>
inline constexpr int places = MaxWarps <= 1 ? 1 : 2 * places<(MaxWarps + 1) / 2>;

/// Join of the values of places 0 … warps - 1 in every lane, neighbours first. Lanes repeat the places; those
/// from `warps` on put in anything: what only they could give is left out.
template <int MaxWarps, carried T, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T reduce_places(T value, int warps, Join const& join) {
  int const place = arch::gpu::lane_rank() % places<MaxWarps>;
  for (int bits = 1; bits < MaxWarps; bits *= 2) {
    T const other = from_xor(value, bits);
    bool const upper = (place & bits) != 0;
    int const upper_begin = (place | bits) & ~(bits - 1);
    T const both = detail::join_in_order(upper, value, other, join);
    value = upper_begin < warps ? both : choose(upper, other, value);
  }
  return value;
}

}  // namespace detail

/// block_reduce_once(value, join, scratch): join of the values of all threads of the block, which are whole
/// warps, in every thread. One barrier; the scratch is free again after the next one.
template <carried T, class Join, int MaxWarps>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T
block_reduce_once(T value, Join const& join, block_reduce_scratch<T, MaxWarps>& scratch) {
  value = team_reduce<arch::gpu::warp_size>(value, join);
  int const warps = arch::gpu::block_threads() / arch::gpu::warp_size;
  if (MaxWarps == 1 || warps == 1) return value;
  int const lane = arch::gpu::lane_rank();
  int const place = lane % detail::places<MaxWarps>;
  if (lane == 0) scratch.of_warp[arch::gpu::warp_rank()] = value;
  arch::gpu::sync_block();
  T const of_warp = scratch.of_warp[place < warps ? place : 0];
  return detail::reduce_places<MaxWarps>(of_warp, warps, join);
}

/// block_reduce(value, join, scratch): the same with a second barrier: the scratch is free on return.
///
///   float const sum = block_reduce(x, [](float a, float b) { return a + b; }, shared.sums);
///
/// Independent values share the barriers as one `several` (several.hpp).
template <carried T, class Join, int MaxWarps>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T block_reduce(T const& value, Join const& join,
                                                    block_reduce_scratch<T, MaxWarps>& scratch) {
  T const all = block_reduce_once(value, join, scratch);
  arch::gpu::sync_block();
  return all;
}

}  // namespace deepseek::tile
