// SPDX-License-Identifier: Apache-2.0
/// @file Barriers: points where threads of a block wait for each other, after which each sees what the
/// others wrote.
#pragma once
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/thread.hpp>

namespace deepseek::arch::gpu {

/// block_barrier: number of the barrier of the whole block; 1 to 15 are free for parts of it.
inline constexpr int block_barrier = 0;
inline constexpr int barriers = 16;

/// sync_block(): all threads of the block. Not in a branch that some of them do not take.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sync_block() {
#if DEEPSEEK_DEVICE_PASS
  __syncthreads();
#else
  this_machine().barrier(block_barrier, block_threads());
#endif
}

/// sync_threads<Number>(threads): `threads` threads of the block, whole warps, at barrier Number.
template <int Number> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sync_threads(int threads) {
  static_assert(Number > block_barrier && Number < barriers,
                "[DS-BARRIER-NUMBER] sync_threads<Number>: 1 to 15; 0 is sync_block's.");
#if DEEPSEEK_DEVICE_PASS
  asm volatile("bar.sync %0, %1;" ::"n"(Number), "r"(threads) : "memory");
#else
  this_machine().barrier(Number, threads);
#endif
}
/// arrive_threads<Number>(threads): counts for a barrier that others wait at, and does not wait.
template <int Number> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void arrive_threads(int threads) {
  static_assert(Number > block_barrier && Number < barriers,
                "[DS-BARRIER-NUMBER] arrive_threads<Number>: 1 to 15; 0 is sync_block's.");
#if DEEPSEEK_DEVICE_PASS
  asm volatile("bar.arrive %0, %1;" ::"n"(Number), "r"(threads) : "memory");
#else
  this_machine().barrier_arrive(Number, threads);
#endif
}

/// sync_warp(mask): the lanes of the mask, the caller among them.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sync_warp(std::uint32_t mask = all_lanes) {
#if DEEPSEEK_DEVICE_PASS
  __syncwarp(mask);
#else
  this_machine().sync_warp(mask);
#endif
}

}  // namespace deepseek::arch::gpu
