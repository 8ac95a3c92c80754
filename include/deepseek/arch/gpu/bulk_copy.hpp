// SPDX-License-Identifier: Apache-2.0
/// @file Bulk copies: one thread starts one, a copy engine moves all of it. From sm_90 on.
///
/// Loads bring their bytes to an mbarrier, which somebody must have announced there (arrive(barrier,
/// bytes)). Stores are in groups that the thread waits for. The engine sees what threads wrote to shared
/// memory after a fence_async() of theirs alone: that goes for what it stores, for what it writes over and
/// for the mbarrier itself.
#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/atomic.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/base/float16.hpp>

namespace deepseek::arch::gpu {

/// bulk_number: what a bulk copy can add to what is there.
template <class T>
concept bulk_number = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, f16> ||
    std::same_as<T, bf16> || std::same_as<T, std::int32_t> || std::same_as<T, std::uint32_t> ||
    std::same_as<T, std::uint64_t>;

/// bulk_bytes: addresses and sizes of bulk copies are multiples of it.
inline constexpr int bulk_bytes = 16;

namespace detail {
#if DEEPSEEK_DEVICE_PASS
template <class Here> DEEPSEEK_INLINE __device__ void needs_bulk_copies() {
  static_assert(architecture<Here> >= 90, "[DS-ARCH-BULK] bulk copies need sm_90 or later.");
}
#else
/// to[i] += from[i]; each as one step, since other blocks may do the same.
template <bulk_number T> void add_elements(void* to, void const* from, int bytes) {
  T* const target = static_cast<T*>(to);
  T const* const source = static_cast<T const*>(from);
  for (int i = 0; i < bytes / static_cast<int>(sizeof(T)); ++i)
    replace(target + i, [by = source[i]](T v) { return static_cast<T>(v + by); });
}
#endif
}  // namespace detail

/// fence_async(): what the thread wrote to shared memory and has seen of others' writes comes before what
/// the copy engine does from here on, for those that a barrier puts after it too.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fence_async() {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
#endif
#else
  this_machine().fence_async();
#endif
}

/// load_bulk(to, from, count, barrier): starts a copy of `count` elements, which bring the barrier their
/// bytes. Addresses and bytes are multiples of 16.
template <class Here = void, class T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void load_bulk(shared_element<T> to,
                                                    std::type_identity_t<T> const* from, int count,
                                                    mbarrier& barrier) {
  int const bytes = count * static_cast<int>(sizeof(T));
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::
          "r"(detail::shared_address(to.address())),
      "l"(from), "r"(bytes), "r"(detail::shared_address(&barrier))
      : "memory");
#endif
#else
  this_machine().bulk_load(to.address(), from, bytes, &barrier, own_block);
#endif
}
/// load_bulk(to, from, count, barrier, blocks): to the same place in each block of the cluster whose bit is
/// set, where the same barrier gets the bytes.
template <class Here = void, class T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void load_bulk(shared_element<T> to,
                                                    std::type_identity_t<T> const* from, int count,
                                                    mbarrier& barrier, std::uint16_t blocks) {
  int const bytes = count * static_cast<int>(sizeof(T));
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%0], "
      "[%1], %2, [%3], %4;" ::"r"(detail::shared_address(to.address())),
      "l"(from), "r"(bytes), "r"(detail::shared_address(&barrier)), "h"(blocks)
      : "memory");
#endif
#else
  this_machine().bulk_load(to.address(), from, bytes, &barrier, blocks);
#endif
}

/// store_bulk(to, from, count): starts a copy of `count` elements to global memory.
template <class Here = void, class T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void store_bulk(std::type_identity_t<T>* to,
                                                     shared_element<T> from, int count) {
  int const bytes = count * static_cast<int>(sizeof(T));
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(to),
               "r"(detail::shared_address(from.address())), "r"(bytes)
               : "memory");
#endif
#else
  this_machine().bulk_store(to, from.address(), bytes, nullptr);
#endif
}

#if DEEPSEEK_DEVICE_PASS && __CUDA_ARCH__ >= 900
#define DEEPSEEK_ADD_BULK(TYPE)                                              \
  asm volatile("cp.reduce.async.bulk.global.shared::cta.bulk_group.add" TYPE \
               " [%0], [%1], %2;" ::"l"(to),                                 \
               "r"(detail::shared_address(from.address())), "r"(bytes)       \
               : "memory")
#endif
/// add_bulk(to, from, count): the same, but adds to what is there; several may add at the same time. Of
/// numbers with fractions the sum depends on who comes first.
template <class Here = void, bulk_number T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void add_bulk(std::type_identity_t<T>* to,
                                                   shared_element<T> from, int count) {
  int const bytes = count * static_cast<int>(sizeof(T));
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  if constexpr (std::same_as<T, float>) DEEPSEEK_ADD_BULK(".f32");
  else if constexpr (std::same_as<T, double>) DEEPSEEK_ADD_BULK(".f64");
  else if constexpr (std::same_as<T, f16>) DEEPSEEK_ADD_BULK(".noftz.f16");
  else if constexpr (std::same_as<T, bf16>) DEEPSEEK_ADD_BULK(".noftz.bf16");
  else if constexpr (std::same_as<T, std::int32_t>) DEEPSEEK_ADD_BULK(".s32");
  else if constexpr (std::same_as<T, std::uint32_t>) DEEPSEEK_ADD_BULK(".u32");
  else DEEPSEEK_ADD_BULK(".u64");
#endif
#else
  this_machine().bulk_store(to, from.address(), bytes, &detail::add_elements<T>);
#endif
}
#if DEEPSEEK_DEVICE_PASS && __CUDA_ARCH__ >= 900
#undef DEEPSEEK_ADD_BULK
#endif

/// commit_bulk(): the stores that the thread has started since the last call are one group.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void commit_bulk() {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("cp.async.bulk.commit_group;" ::: "memory");
#endif
#else
  this_machine().bulk_commit();
#endif
}
/// wait_bulk_read<Left>(): until all of the thread's groups but the last `Left` have read their shared
/// memory, which may be written again, or end with its block.
template <int Left, class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait_bulk_read() {
  static_assert(Left >= 0, "[DS-BULK-LEFT] wait_bulk_read<Left>: 0 or more groups are left.");
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(Left) : "memory");
#endif
#else
  this_machine().bulk_wait(Left);
#endif
}
/// wait_bulk<Left>(): until they have written global memory too, where the thread sees it.
template <int Left, class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait_bulk() {
  static_assert(Left >= 0, "[DS-BULK-LEFT] wait_bulk<Left>: 0 or more groups are left.");
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("cp.async.bulk.wait_group %0;" ::"n"(Left) : "memory");
#endif
#else
  this_machine().bulk_wait(Left);
#endif
}

}  // namespace deepseek::arch::gpu
