// SPDX-License-Identifier: Apache-2.0
/// @file registers: four warps give registers back to their block, or take of those that others gave. For
/// sm_90a, and kernels that are compiled for a number of threads and registers (__launch_bounds__).
#pragma once
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/base/text.hpp>

namespace deepseek::arch::gpu {

namespace detail {

/// moved_registers<Count>: what a thread can have.
template <int Count>
inline constexpr bool moved_registers = Count >= 24 && Count <= 256 && Count % 8 == 0;

#if DEEPSEEK_DEVICE_PASS
template <class>
inline constexpr bool has_moved_registers =
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    true;
#else
    false;
#endif
#else
/// All threads of the four warps must ask for the same.
inline void move_registers(char const* what, int count) {
  int const* const all =
      static_cast<int const*>(this_machine().collect_warpgroup(what, &count, sizeof count));
  int const first = this_machine().place().thread / warpgroup_threads * warpgroup_threads;
  for (int i = 0; i < warpgroup_threads; ++i)
    if (all[i] != count)
      this_machine().fault("[DS-EMULATED-REGISTERS]",
                           (text{} << "comes to a " << what << " of " << count << ", thread "
                                   << first + i << " of its four warps to one of " << all[i] << ".")
                               .c_str());
}
#endif

}  // namespace detail

/// lower_registers<Count>(): from here on each thread has Count registers; by all threads of four warps.
template <int Count, class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void lower_registers() {
  static_assert(detail::moved_registers<Count>,
                "[DS-REGISTERS-COUNT] lower_registers<Count>: 24 to 256, a multiple of 8.");
#if DEEPSEEK_DEVICE_PASS
  static_assert(detail::has_moved_registers<Here>,
                "[DS-ARCH-REGISTERS] lower_registers needs sm_90a. Fix: compile for sm_90a.");
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(Count));
#endif
#else
  detail::move_registers("lower_registers", Count);
#endif
}
/// raise_registers<Count>(): the same upwards; waits until others have given enough back.
template <int Count, class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void raise_registers() {
  static_assert(detail::moved_registers<Count>,
                "[DS-REGISTERS-COUNT] raise_registers<Count>: 24 to 256, a multiple of 8.");
#if DEEPSEEK_DEVICE_PASS
  static_assert(detail::has_moved_registers<Here>,
                "[DS-ARCH-REGISTERS] raise_registers needs sm_90a. Fix: compile for sm_90a.");
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(Count));
#endif
#else
  detail::move_registers("raise_registers", Count);
#endif
}

}  // namespace deepseek::arch::gpu
