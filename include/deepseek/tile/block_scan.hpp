// SPDX-License-Identifier: Apache-2.0
/// @file What the threads before one hold, joined: over a team of lanes and over a block, with the total.
///
/// Threads of lower rank come first; joins need not commute. The same bits on every machine.
#pragma once
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/lane_exchange.hpp>

namespace deepseek::tile {

/// team_scan<Lanes>(value, join): join of the values of the team's lanes up to and with the own one. A
/// team is Lanes neighbours within a warp, a power of two; every lane of the warp calls it.
template <int Lanes, carried T, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T team_scan(T value, Join const& join) {
  static_assert(Lanes >= 1 && Lanes <= arch::gpu::warp_size && (Lanes & (Lanes - 1)) == 0,
                "[DS-TEAM-LANES] team_scan<Lanes>: 1, 2, 4, 8, 16 or 32 lanes.");
  int const place = arch::gpu::lane_rank() % Lanes;
  for (int n = 1; n < Lanes; n *= 2) {
    T const before = from_below(value, n);
    if (place >= n) value = join(before, value);
  }
  return value;
}
/// warp_scan(value, join): of the warp's lanes.
template <carried T, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T warp_scan(T const& value, Join const& join) {
  return team_scan<arch::gpu::warp_size>(value, join);
}

/// scanned<T>: what a scan gives a thread, and the join of all, the same in every thread.
template <carried T> struct scanned {
  T value;
  T total;
};

/// warp_exclusive_scan(value, start, join): join of start and the values of the lanes before the own one;
/// the total has start before it too.
template <carried T, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE scanned<T> warp_exclusive_scan(
    T const& value, std::type_identity_t<T> const& start, Join const& join) {
  T const own = warp_scan(value, join);
  T const before = from_below(own, 1);
  return {arch::gpu::lane_rank() == 0 ? start : join(start, before),
          join(start, from_lane(own, arch::gpu::warp_size - 1))};
}

/// block_scan_scratch<T, MaxWarps>: shared memory of a scan, for blocks of up to MaxWarps warps.
template <carried T, int MaxWarps = arch::gpu::warp_size> struct block_scan_scratch {
  static_assert(MaxWarps >= 1 && MaxWarps <= arch::gpu::warp_size,
                "[DS-BLOCK-WARPS] a block has 1 to 32 warps.");
  arch::gpu::shared_array<T, MaxWarps> of_warp;
};

namespace detail {

/// The join of all warps before the own one, and of all; both in every thread.
template <carried T> struct around_warp {
  T before;  ///< anything in the first warp
  T total;
};
template <int MaxWarps, carried T, class Join>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE around_warp<T> scan_warps(
    T const& of_warp, Join const& join, block_scan_scratch<T, MaxWarps>& scratch) {
  int const warps = arch::gpu::block_threads() / arch::gpu::warp_size;
  int const lane = arch::gpu::lane_rank();
  int const warp = arch::gpu::warp_rank();
  if (lane == arch::gpu::warp_size - 1) scratch.of_warp[warp] = of_warp;
  arch::gpu::sync_block();
  T all = scratch.of_warp[lane < warps ? lane : 0];
  for (int n = 1; n < MaxWarps; n *= 2) {
    T const before = from_below(all, n);
    if (lane >= n) all = join(before, all);
  }
  return {from_lane(all, warp == 0 ? 0 : warp - 1), from_lane(all, warps - 1)};
}

}  // namespace detail

/// block_inclusive_scan(value, join, scratch): of the values of all threads up to and with the own one. The
/// block is whole warps. Two barriers; the scratch is free on return.
template <carried T, class Join, int MaxWarps>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE scanned<T> block_inclusive_scan(
    T const& value, Join const& join, block_scan_scratch<T, MaxWarps>& scratch) {
  T const own = warp_scan(value, join);
  if (MaxWarps == 1 || arch::gpu::block_threads() == arch::gpu::warp_size)
    return {own, from_lane(own, arch::gpu::warp_size - 1)};
  auto const warps = detail::scan_warps<MaxWarps>(own, join, scratch);
  arch::gpu::sync_block();
  return {arch::gpu::warp_rank() == 0 ? own : join(warps.before, own), warps.total};
}

/// block_exclusive_scan(value, start, join, scratch): join of start and the values of all threads before
/// the own one. The total has start before it too. Two barriers; the scratch is free on return.
template <carried T, class Join, int MaxWarps>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE scanned<T> block_exclusive_scan(
    T const& value, std::type_identity_t<T> const& start, Join const& join,
    block_scan_scratch<T, MaxWarps>& scratch) {
  if (MaxWarps == 1 || arch::gpu::block_threads() == arch::gpu::warp_size)
    return warp_exclusive_scan(value, start, join);
  T const own = warp_scan(value, join);
  T const before_in_warp = from_below(own, 1);
  auto const warps = detail::scan_warps<MaxWarps>(own, join, scratch);
  arch::gpu::sync_block();
  T const of_warp = arch::gpu::warp_rank() == 0 ? start : join(start, warps.before);
  bool const first = arch::gpu::lane_rank() == 0;
  return {first ? of_warp : join(of_warp, before_in_warp), join(start, warps.total)};
}

}  // namespace deepseek::tile
