// SPDX-License-Identifier: Apache-2.0
/// @file Copies from global to shared memory that go on while the thread does something else.
///
/// A thread starts copies, closes a group of them with commit_copies(), and waits for its groups with
/// wait_copies<Left>(). After that it sees what it copied; other threads see it after a barrier that
/// comes later. Nobody may touch the target before.
#pragma once
#include <type_traits>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/shared.hpp>

namespace deepseek::arch::gpu {

/// copied_async<T>: what one copy moves: 4, 8 or 16 bytes.
template <class T>
concept copied_async = std::is_trivially_copyable_v<T> &&
    (sizeof(T) == 4 || sizeof(T) == 8 || sizeof(T) == 16);

namespace detail {
#if DEEPSEEK_DEVICE_PASS
/// Bytes from valid on are zero. Before sm_80 the copy is an ordinary one, done at once.
template <int Bytes>
DEEPSEEK_INLINE __device__ void copy_async(void* to, void const* from, int valid) {
#if __CUDA_ARCH__ >= 800
  unsigned const target = shared_address(to);
  if constexpr (Bytes == 16)
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(target), "l"(from),
                 "r"(valid)
                 : "memory");
  else
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(target), "l"(from),
                 "n"(Bytes), "r"(valid)
                 : "memory");
#else
  for (int i = 0; i < Bytes; ++i)
    static_cast<unsigned char*>(to)[i] = i < valid ? static_cast<unsigned char const*>(from)[i] : 0;
#endif
}
#endif
}  // namespace detail

/// copy_async(to, from): starts *to = *from; both must be aligned to T's size.
/// copy_async(to, from, valid): only the first `valid` bytes are read, the others become zero.
template <copied_async T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void copy_async(shared_element<T> to, T const* from,
                                                     int valid = sizeof(T)) {
#if DEEPSEEK_DEVICE_PASS
  detail::copy_async<int(sizeof(T))>(to.address(), from, valid);
#else
  this_machine().copy_async(to.address(), from, sizeof(T), valid);
#endif
}

/// commit_copies(): the copies that the thread has started since the last call are one group.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void commit_copies() {
#if DEEPSEEK_DEVICE_PASS
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
#else
  this_machine().commit_copies();
#endif
}

/// wait_copies<Left>(): until all of the thread's groups but the last `Left` are there.
template <int Left> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait_copies() {
  static_assert(Left >= 0, "[DS-COPIES-LEFT] wait_copies<Left>: 0 or more groups are left.");
#if DEEPSEEK_DEVICE_PASS
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(Left) : "memory");
#endif
#else
  this_machine().wait_copies(Left);
#endif
}

}  // namespace deepseek::arch::gpu
