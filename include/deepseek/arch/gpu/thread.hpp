// SPDX-License-Identifier: Apache-2.0
/// @file Which thread this is. Blocks of threads have one axis, grids of blocks up to three.
#pragma once
#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::gpu {

/// thread_rank(): number of the thread in its block.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int thread_rank() {
#if DEEPSEEK_DEVICE_PASS
  return static_cast<int>(threadIdx.x);
#else
  return this_machine().place().thread;
#endif
}
/// block_threads(): threads of the block.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int block_threads() {
#if DEEPSEEK_DEVICE_PASS
  return static_cast<int>(blockDim.x);
#else
  return this_machine().place().threads;
#endif
}
/// block_index(), grid_blocks(): which block of the grid, and how many there are.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE grid_extent block_index() {
#if DEEPSEEK_DEVICE_PASS
  return {static_cast<int>(blockIdx.x), static_cast<int>(blockIdx.y), static_cast<int>(blockIdx.z)};
#else
  return this_machine().place().block;
#endif
}
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE grid_extent grid_blocks() {
#if DEEPSEEK_DEVICE_PASS
  return {static_cast<int>(gridDim.x), static_cast<int>(gridDim.y), static_cast<int>(gridDim.z)};
#else
  return this_machine().place().grid;
#endif
}
/// lane_rank(), warp_rank(): number of the thread in its warp, of the warp in its block. Unsigned inside:
/// a quotient of what may be negative takes more instructions.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int lane_rank() {
  return static_cast<int>(static_cast<unsigned>(thread_rank()) % unsigned{warp_size});
}
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int warp_rank() {
  return static_cast<int>(static_cast<unsigned>(thread_rank()) / unsigned{warp_size});
}

}  // namespace deepseek::arch::gpu
