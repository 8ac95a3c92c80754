// SPDX-License-Identifier: Apache-2.0
/// @file A sorting network for the threads of a block: a power of two of items, wherever they are.
#pragma once
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/config.hpp>

namespace deepseek::tile {

namespace detail {
/// A step of the network whose pairs are at most this far apart stays among the items of one warp.
inline constexpr int warp_items = 2 * arch::gpu::warp_size;

/// The items of one step are seen by those who need them in the next.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sync_step(int reach_before, int reach_after) {
  if (reach_before <= warp_items && reach_after <= warp_items) arch::gpu::sync_warp();
  else arch::gpu::sync_block();
}
}  // namespace detail

/// block_sort(size, put_in_order): puts_in_order(i, j), i < j, is to swap items i and j of shared
/// memory if j belongs before i. size is a power of two. By all threads of the block; what they
/// wrote is seen from the start on, and by all threads at the end.
///
/// Bitonic, in the form where every pair is put in the same order: log2(size) (log2(size) + 1) / 2
/// steps, most of them with a barrier of a warp alone.
DEEPSEEK_ANY_SIDE
template <class PutInOrder>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void block_sort(int size, PutInOrder const& put_in_order) {
  int const threads = arch::gpu::block_threads();
  arch::gpu::sync_block();
  int reach = 1;  // of the step before: items that its pairs are within
  for (int sorted = 2; sorted <= size; sorted *= 2) {
    detail::sync_step(reach, sorted);
    for (int pair = arch::gpu::thread_rank(); pair < size / 2; pair += threads) {
      int const offset = pair & (sorted / 2 - 1);
      int const begin = (pair - offset) * 2;
      put_in_order(begin + offset, begin + sorted - 1 - offset);
    }
    reach = sorted;
    for (int apart = sorted / 4; apart > 0; apart /= 2) {
      detail::sync_step(reach, 2 * apart);
      for (int pair = arch::gpu::thread_rank(); pair < size / 2; pair += threads) {
        int const i = 2 * pair - (pair & (apart - 1));
        put_in_order(i, i + apart);
      }
      reach = 2 * apart;
    }
  }
  arch::gpu::sync_block();
}

}  // namespace deepseek::tile
