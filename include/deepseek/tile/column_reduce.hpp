// SPDX-License-Identifier: Apache-2.0
/// @file One value of all threads of a block that stand in a column, for each column in each of its threads.
///
/// Thread t stands in column t % across. The order is fixed: neighbours of a warp's column meet first, then
/// warps, lower ones first; the same bits on every machine.
#pragma once
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/tile/block_reduce.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::tile {

/// column_reduce_scratch<T, N, Warps>: shared memory of column_reduce, for N values of each thread.
template <carried T, int N, int Warps> struct column_reduce_scratch {
  static constexpr int warps = Warps;
  arch::gpu::shared_array<T, N * Warps * arch::gpu::warp_size> of_warp;
};

/// column_reduce(value, across, join, scratch): value[i] becomes the join of the value[i] of the column's
/// threads. `across` is a power of two up to 32. All threads of a block of scratch.warps warps call it. One
/// barrier; the scratch is free again after the next one.
template <carried T, int N, class Join, int Warps>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void column_reduce(
    T (&value)[N], int across, Join const& join, column_reduce_scratch<T, N, Warps>& scratch) {
  int const lane = arch::gpu::lane_rank();
  auto const place = [](int i, int warp, int column) DEEPSEEK_INLINE_LAMBDA {
    return (i * Warps + warp) * arch::gpu::warp_size + column;
  };
  for (int bits = across; bits < arch::gpu::warp_size; bits *= 2)
    unrolled<N>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      T const other = from_xor(value[i], bits);
      value[i] = detail::join_in_order((lane & bits) != 0, value[i], other, join);
    });
  if (lane < across)
    unrolled<N>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      scratch.of_warp[place(i, arch::gpu::warp_rank(), lane)] = value[i];
    });
  arch::gpu::sync_block();
  int const column = lane & (across - 1);
  unrolled<N>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
    T all = scratch.of_warp[place(i, 0, column)];
    for (int warp = 1; warp < Warps; ++warp)
      all = join(all, static_cast<T>(scratch.of_warp[place(i, warp, column)]));
    value[i] = all;
  });
}

}  // namespace deepseek::tile
