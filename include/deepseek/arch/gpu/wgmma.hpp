// SPDX-License-Identifier: Apache-2.0
/// @file wgmma: products that four warps start on tensor cores, and that go on while their threads do
/// something else. Only on sm_90a.
///
///   d[i, j] = sum_k a[i, k] b[k, j] + d[i, j]     a: 64 x 32 bytes, b: 32 bytes x N, d: 64 x N
///
/// b is in shared memory, a there or in registers, d in registers. All 128 threads do the same:
///
///   wgmma_fence(d);                                // registers that were touched are the product's now
///   wgmma<bf16>(d, a, b, add);                     // starts one; more may follow, with the same d
///   wgmma_commit();                                // what was started is one group
///   wgmma_wait<0>(d);                              // groups have ended; these registers are the thread's
///
/// Until the wait nobody may write to the operands, nor touch the registers.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/detail/wgmma_emulated.hpp>
#include <deepseek/arch/gpu/detail/wgmma_issue.hpp>
#include <deepseek/arch/gpu/wgmma_types.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/matrix_descriptor.hpp>
#include <deepseek/arch/gpu/warpgroup_fragment.hpp>

namespace deepseek::arch::gpu {

namespace detail {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
template <class> inline constexpr bool has_wgmma = true;
#else
template <class> inline constexpr bool has_wgmma = !DEEPSEEK_DEVICE_PASS;
#endif
template <class Here> DEEPSEEK_HOST_DEVICE constexpr void needs_wgmma() {
  static_assert(has_wgmma<Here>, "[DS-ARCH-WGMMA] wgmma needs sm_90a. Fix: compile for sm_90a.");
}

#if DEEPSEEK_DEVICE_PASS
/// The compiler moves no use of the registers over this.
template <class Fragment> DEEPSEEK_INLINE __device__ void pin(Fragment& fragment) {
  for (auto& word : fragment.registers().word) {
    if constexpr (std::is_same_v<decltype(word), float&>) asm volatile("" : "+f"(word)::"memory");
    else asm volatile("" : "+r"(word)::"memory");
  }
}
#endif
}  // namespace detail

/// wgmma_fence(fragments...): the products that follow may use these registers. Needed before the first
/// product, and after the thread has touched any of them; no harm where a product uses them already.
template <class... Fragment, class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wgmma_fence(Fragment&... fragment) {
  detail::needs_wgmma<Here>();
#if DEEPSEEK_DEVICE_PASS
  (detail::pin(fragment), ...);
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#else
  [[maybe_unused]] auto const fence = [](auto const& one) {
    // Those that a product uses were fenced before it, and the thread has not touched them.
    one.use().fenced = true;
  };
  (fence(fragment), ...);
#endif
}

/// wgmma<A, B, Options>(d, a, b, add): starts d + a b, or without `add` a b. a, b: descriptors, the same in
/// all threads, which stay as they are until the wait. A sum of integers wraps around.
template <class A, class B = A, wgmma_options Options = wgmma_options{}, class T, int N,
          class Here = void>
requires wgmma_conformable<T, A, B, N, Options> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wgmma(
    warpgroup_fragment<fragment_c<T, N>>& d, matrix_descriptor a, matrix_descriptor b,
    bool add = true) {
  detail::needs_wgmma<Here>();
#if DEEPSEEK_DEVICE_PASS
  detail::issue_wgmma<detail::wgmma_name<T, A, B, N, Options>,
                      detail::wgmma_signs<A, Options, false>>(d.registers().word, a.bits, b.bits,
                                                              add);
#else
  detail::multiply<A, B, Options>(d, a, b, add);
#endif
}
/// wgmma<A, B, Options>(d, a, b, add): the same with a in registers.
template <class A, class B = A, wgmma_options Options = wgmma_options{}, class T, int N,
          class Here = void>
requires wgmma_conformable<T, A, B, N, Options> &&
    (Options.a == major_axis::k) DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE
    void wgmma(warpgroup_fragment<fragment_c<T, N>>& d, wgmma_a<A> const& a, matrix_descriptor b,
               bool add = true) {
  detail::needs_wgmma<Here>();
#if DEEPSEEK_DEVICE_PASS
  detail::issue_wgmma<detail::wgmma_name<T, A, B, N, Options>,
                      detail::wgmma_signs<A, Options, true>>(d.registers().word, a.registers().word,
                                                             b.bits, add);
#else
  detail::multiply<A, B, Options>(d, a, b, add);
#endif
}

/// wgmma_commit(): the products that were started since the last call are one group.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wgmma_commit() {
  detail::needs_wgmma<Here>();
#if DEEPSEEK_DEVICE_PASS
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
#else
  this_machine().commit_products();
#endif
}

/// wgmma_wait<Left>(fragments...): until all groups but the last `Left` have ended. Name the registers that
/// the thread touches next; those of a group that goes on stay its own.
template <int Left, class... Fragment, class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wgmma_wait(Fragment&... fragment) {
  static_assert(Left >= 0 && Left < 8, "[DS-WGMMA-LEFT] wgmma_wait<Left>: 0 to 7 groups are left.");
  detail::needs_wgmma<Here>();
#if DEEPSEEK_DEVICE_PASS
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(Left) : "memory");
  (detail::pin(fragment), ...);
#else
  this_machine().wait_products(Left);
  [[maybe_unused]] int const ended = this_machine().products().ended;
  [[maybe_unused]] auto const give_back = [&](auto const& one) {
    if (one.use().group <= ended) one.use().group = 0;
  };
  (give_back(fragment), ...);
#endif
}

}  // namespace deepseek::arch::gpu
