// SPDX-License-Identifier: Apache-2.0
/// @file dependent_launch: a kernel that begins while the one before it in its stream still runs, where the
/// launch allows that. From sm_90 on.
///
/// The emulator runs one grid after the other: the one before has ended, and both return at once.
#pragma once
#include <deepseek/arch/gpu/machine.hpp>

namespace deepseek::arch::gpu {

namespace detail {
#if DEEPSEEK_DEVICE_PASS
template <class Here> DEEPSEEK_INLINE __device__ void needs_dependent_launch() {
  static_assert(architecture<Here> >= 90,
                "[DS-ARCH-DEPENDENT] a dependent launch needs sm_90 or later.");
}
#endif
}  // namespace detail

/// wait_for_grid_before(): until the grids that this one depends on have ended, and what they wrote is seen.
/// Nothing of theirs may be read, and nothing that they read be written, before.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait_for_grid_before() {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_dependent_launch<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
#endif
}
/// let_next_grid_begin(): once all blocks have come here or ended, the next grid may begin. It sees what
/// this one writes after its own wait_for_grid_before() alone, so that this may come early.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void let_next_grid_begin() {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_dependent_launch<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
#endif
}

}  // namespace deepseek::arch::gpu
