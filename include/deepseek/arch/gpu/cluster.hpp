// SPDX-License-Identifier: Apache-2.0
/// @file Clusters: blocks that run at the same time, wait for each other and reach into each other's shared
/// memory. From sm_90 on; a launch says how many blocks are in one, up to 8, or 16 where it asks for more.
///
/// A block must have begun before another one touches its shared memory, and must not end before it has:
/// a sync_cluster() before the first access and one after the last.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/atomic.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>

namespace deepseek::arch::gpu {

/// has_clusters<Here>: what is compiled may run in a cluster of several blocks.
#if DEEPSEEK_DEVICE_PASS
template <class Here> inline constexpr bool has_clusters = detail::architecture<Here> >= 90;
#else
template <class Here> inline constexpr bool has_clusters = true;
#endif

namespace detail {
#if DEEPSEEK_DEVICE_PASS
template <class Here> DEEPSEEK_INLINE __device__ void needs_clusters() {
  static_assert(has_clusters<Here>, "[DS-ARCH-CLUSTER] a cluster of blocks needs sm_90 or later.");
}
#endif
}  // namespace detail

/// cluster_rank(), cluster_blocks(): which block of its cluster this one is, and how many there are.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int cluster_rank() {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_clusters<Here>();
  unsigned rank = 0;
#if __CUDA_ARCH__ >= 900
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
#endif
  return static_cast<int>(rank);
#else
  return this_machine().place().cluster_rank;
#endif
}
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int cluster_blocks() {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_clusters<Here>();
  unsigned blocks = 0;
#if __CUDA_ARCH__ >= 900
  asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(blocks));
#endif
  return static_cast<int>(blocks);
#else
  return this_machine().place().cluster_blocks;
#endif
}

/// arrive_cluster(): comes to the barrier of the cluster and goes on. What the thread did before is seen by
/// those who wait. A thread that has ended counts as come.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void arrive_cluster() {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_clusters<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("barrier.cluster.arrive.release;" ::: "memory");
#endif
#else
  this_machine().cluster_arrive();
#endif
}
/// wait_cluster(): after arrive_cluster(), until all threads of the cluster have come.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait_cluster() {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_clusters<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("barrier.cluster.wait.acquire;" ::: "memory");
#endif
#else
  this_machine().cluster_wait();
#endif
}
/// sync_cluster(): both: all threads of all blocks of the cluster.
template <class Here = void> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sync_cluster() {
  arrive_cluster<Here>();
  wait_cluster<Here>();
}

namespace detail {
/// The same place in the shared memory of block `rank`: an address like any other.
template <class Here, class T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T* place_in_block(T* own, int rank) {
#if DEEPSEEK_DEVICE_PASS
  needs_clusters<Here>();
  T* there = nullptr;
#if __CUDA_ARCH__ >= 900
  asm("mapa.u64 %0, %1, %2;" : "=l"(there) : "l"(own), "r"(rank));
#endif
  return there;
#else
  return static_cast<T*>(this_machine().in_block(own, rank));
#endif
}
}  // namespace detail

/// remote_element<T>: an element of another block's shared memory: reads as a T, takes a T.
template <class T> class remote_element {
 public:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE explicit remote_element(T* at) : at_{at} {}

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE operator T() const {  // NOLINT: it stands for a T
    return static_cast<T>(shared_element<T>{at_});
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE remote_element const& operator=(T const& value) const {
    shared_element<T>{at_} = value;
    return *this;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE remote_element const& operator=(
      remote_element const& other) const {
    return *this = static_cast<T>(other);
  }
  remote_element(remote_element const&) = default;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T* address() const { return at_; }

 private:
  T* at_;
};

/// remote_array<T, N>: a shared_array of another block.
template <class T, int N> class remote_array {
 public:
  static constexpr int size = N;
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE explicit remote_array(T* first) : first_{first} {}
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE remote_element<T> operator[](int i) const {
#if !DEEPSEEK_DEVICE_PASS
    this_machine().shared_index(i, N);
#endif
    return remote_element<T>{first_ + i};
  }

 private:
  T* first_;
};

/// in_block(own, rank): what is in the shared memory of block `rank` of the cluster where `own` is in this
/// one's.
template <class Here = void, class T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE remote_element<T> in_block(shared_element<T> own, int rank) {
  return remote_element<T>{detail::place_in_block<Here>(own.address(), rank)};
}
template <class Here = void, class T, int N>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE remote_array<T, N> in_block(shared_array<T, N>& own,
                                                                 int rank) {
  return remote_array<T, N>{detail::place_in_block<Here>(own.element, rank)};
}
template <class Here = void, class T>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE remote_element<T> in_block(shared_value<T>& own, int rank) {
  return in_block<Here>(own.one, rank)[0];
}

/// Atomics take a remote_element as they take a shared_element.
template <class T> struct detail::atomic_place<remote_element<T>> {
  using value_type = T;
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static T* at(remote_element<T> p) {
    return atomic_place<shared_element<T>>::at(shared_element<T>{p.address()});
  }
};

/// remote_mbarrier: of another block of the cluster, to arrive at.
class remote_mbarrier {
 public:
#if DEEPSEEK_DEVICE_PASS
  using place = unsigned;
#else
  using place = mbarrier*;
#endif
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE explicit remote_mbarrier(place at) : at_{at} {}
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE place address() const { return at_; }

 private:
  place at_;
};

template <class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE remote_mbarrier in_block(mbarrier& own, int rank) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_clusters<Here>();
  unsigned there = 0;
#if __CUDA_ARCH__ >= 900
  asm("mapa.shared::cluster.u32 %0, %1, %2;"
      : "=r"(there)
      : "r"(detail::shared_address(&own)), "r"(rank));
#endif
  return remote_mbarrier{there};
#else
  return remote_mbarrier{detail::place_in_block<Here>(&own, rank)};
#endif
}

/// arrive(barrier), arrive(barrier, bytes): at one of another block; as at one's own. Who waits there by
/// wait_cluster() sees what the thread wrote.
template <class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void arrive(remote_mbarrier const& barrier) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_clusters<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile(
      "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [%0];" ::"r"(barrier.address())
      : "memory");
#endif
#else
  this_machine().mbarrier_arrive(barrier.address(), 0);
#endif
}
template <class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void arrive(remote_mbarrier const& barrier, int bytes) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_clusters<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("mbarrier.arrive.expect_tx.release.cluster.shared::cluster.b64 _, [%0], %1;" ::"r"(
                   barrier.address()),
               "r"(bytes)
               : "memory");
#endif
#else
  this_machine().mbarrier_arrive(barrier.address(), bytes);
#endif
}
/// arrive_having_read(barrier): by a thread that has only read what the one who waits writes again. It does
/// not wait until its own writes are seen in the cluster, which arrive() does.
template <class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void arrive_having_read(remote_mbarrier const& barrier) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_clusters<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("mbarrier.arrive.shared::cluster.b64 _, [%0];" ::"r"(barrier.address()) : "memory");
#endif
#else
  this_machine().mbarrier_arrive(barrier.address(), 0);
#endif
}

/// wait_cluster(barrier, parity): as wait(), and sees what threads of other blocks wrote before they
/// arrived. Bytes that copies brought are seen after a wait() already.
template <class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void wait_cluster(mbarrier& barrier, int parity) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_clusters<Here>();
#if __CUDA_ARCH__ >= 900
  for (unsigned over = 0; over == 0;)
    asm volatile(
        "{ .reg .pred p; mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 p, [%1], %2; "
        "selp.u32 %0, 1, 0, p; }"
        : "=r"(over)
        : "r"(detail::shared_address(&barrier)), "r"(parity)
        : "memory");
#endif
#else
  this_machine().mbarrier_wait(&barrier, parity);
#endif
}

}  // namespace deepseek::arch::gpu
