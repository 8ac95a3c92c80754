// SPDX-License-Identifier: Apache-2.0
/// @file mbarrier: a barrier in shared memory that counts arrivals, and bytes that copies bring.
///
/// A phase ends when all arrivals of it have come and as many bytes as were announced. Phases alternate
/// between parity 0, the first, and 1: who waits says for the end of which. From sm_80 on; bytes from
/// sm_90 on.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/shared.hpp>

namespace deepseek::arch::gpu {

/// mbarrier: 8 bytes of a shared plan.
struct mbarrier {
  alignas(8) std::uint64_t word;
};

/// init(barrier, arrivals): by one thread, before a sync_block() that all others wait for.
template <class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void init(mbarrier& barrier, int arrivals) {
#if DEEPSEEK_DEVICE_PASS
  static_assert(detail::architecture<Here> >= 80,
                "[DS-ARCH-MBARRIER] an mbarrier needs sm_80 or later.");
#if __CUDA_ARCH__ >= 800
  asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(detail::shared_address(&barrier)),
               "r"(arrivals)
               : "memory");
#endif
#else
  this_machine().mbarrier_init(&barrier, arrivals);
#endif
}

/// arrive(barrier): one arrival at the phase that runs; what the thread did before is seen by those who
/// wait for its end.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void arrive(mbarrier& barrier) {
#if DEEPSEEK_DEVICE_PASS
  static_assert(detail::architecture<Here> >= 80,
                "[DS-ARCH-MBARRIER] an mbarrier needs sm_80 or later.");
#if __CUDA_ARCH__ >= 800
  asm volatile("{ .reg .b64 state; mbarrier.arrive.shared.b64 state, [%0]; }" ::"r"(
                   detail::shared_address(&barrier))
               : "memory");
#endif
#else
  this_machine().mbarrier_arrive(&barrier, 0);
#endif
}

/// arrive(barrier, bytes): the same, and announces bytes that copies will bring in this phase.
template <class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void arrive(mbarrier& barrier, int bytes) {
#if DEEPSEEK_DEVICE_PASS
  static_assert(detail::architecture<Here> >= 90,
                "[DS-ARCH-MBARRIER-BYTES] an mbarrier that counts bytes needs sm_90 or later.");
#if __CUDA_ARCH__ >= 900
  asm volatile(
      "{ .reg .b64 state; mbarrier.arrive.expect_tx.shared::cta.b64 state, [%0], %1; }" ::"r"(
          detail::shared_address(&barrier)),
      "r"(bytes)
      : "memory");
#endif
#else
  this_machine().mbarrier_arrive(&barrier, bytes);
#endif
}

/// wait(barrier, parity): until the phase of that parity has ended.
template <class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait(mbarrier& barrier, int parity) {
#if DEEPSEEK_DEVICE_PASS
  static_assert(detail::architecture<Here> >= 80,
                "[DS-ARCH-MBARRIER] an mbarrier needs sm_80 or later.");
#if __CUDA_ARCH__ >= 800
  for (unsigned over = 0; over == 0;) {
#if __CUDA_ARCH__ >= 900
    asm volatile(
        "{ .reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2; selp.u32 %0, 1, 0, "
        "p; }"
        : "=r"(over)
        : "r"(detail::shared_address(&barrier)), "r"(parity)
        : "memory");
#else
    asm volatile(
        "{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
        : "=r"(over)
        : "r"(detail::shared_address(&barrier)), "r"(parity)
        : "memory");
#endif
  }
#endif
#else
  this_machine().mbarrier_wait(&barrier, parity);
#endif
}

}  // namespace deepseek::arch::gpu
