// SPDX-License-Identifier: Apache-2.0
/// @file Tensor copies: boxes of a tensor of up to five axes, between global and shared memory, by a copy
/// engine that one thread starts. From sm_90 on.
///
/// A load brings its mbarrier the bytes of a whole box, also where parts of it are outside of the tensor,
/// which are filled; a store leaves those out. As of bulk copies (bulk_copy.hpp), stores are in groups and
/// the engine sees what threads wrote after a fence_async().
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/bulk_copy.hpp>
#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/tensor_map.hpp>

namespace deepseek::arch::gpu {

/// tensor_point{x, y …}: the first element of a box, innermost axis first; may be outside of the tensor.
template <int Rank> struct tensor_point {
  static_assert(Rank >= 1 && Rank <= most_axes,
                "[DS-TENSOR-POINT] tensor_point{x, y …}: one to five coordinates.");
  int at[Rank];
};
template <class... Coordinate>
tensor_point(Coordinate...) -> tensor_point<static_cast<int>(sizeof...(Coordinate))>;

namespace detail {
#if DEEPSEEK_DEVICE_PASS
#if __CUDA_ARCH__ >= 900

// Operands: %0 shared memory, %1 the map, %2 to %6 the point, %7 the mbarrier, %8 the blocks.
#define DEEPSEEK_BY_RANK(COPY)                                  \
  if constexpr (Rank == 1) COPY("1d", "{%2}");                  \
  else if constexpr (Rank == 2) COPY("2d", "{%2, %3}");         \
  else if constexpr (Rank == 3) COPY("3d", "{%2, %3, %4}");     \
  else if constexpr (Rank == 4) COPY("4d", "{%2, %3, %4, %5}"); \
  else COPY("5d", "{%2, %3, %4, %5, %6}")
#define DEEPSEEK_BOX                                                                     \
  "r"(shared), "l"(&map), "r"(axis<0>(point)), "r"(axis<1>(point)), "r"(axis<2>(point)), \
      "r"(axis<3>(point)), "r"(axis<4>(point))
#define DEEPSEEK_LOAD(RANK, POINT)                                                           \
  asm volatile("cp.async.bulk.tensor." RANK                                                  \
               ".shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, " POINT \
               "], [%7];" ::DEEPSEEK_BOX,                                                    \
               "r"(barrier)                                                                  \
               : "memory")
#define DEEPSEEK_MULTICAST(RANK, POINT)                                              \
  asm volatile("cp.async.bulk.tensor." RANK                                          \
               ".shared::cluster.global.tile.mbarrier::complete_tx::bytes.multicast" \
               "::cluster [%0], [%1, " POINT "], [%7], %8;" ::DEEPSEEK_BOX,          \
               "r"(barrier), "h"(blocks)                                             \
               : "memory")
#define DEEPSEEK_STORE(RANK, POINT)                                                           \
  asm volatile("cp.async.bulk.tensor." RANK ".global.shared::cta.tile.bulk_group [%1, " POINT \
               "], [%0];" ::DEEPSEEK_BOX                                                      \
               : "memory")
#define DEEPSEEK_ADD(RANK, POINT)                                                              \
  asm volatile("cp.reduce.async.bulk.tensor." RANK                                             \
               ".global.shared::cta.add.tile.bulk_group [%1, " POINT "], [%0];" ::DEEPSEEK_BOX \
               : "memory")

template <int Axis, int Rank> DEEPSEEK_INLINE __device__ int axis(tensor_point<Rank> const& point) {
  if constexpr (Axis < Rank) return point.at[Axis];
  else return 0;
}
template <int Rank>
DEEPSEEK_INLINE __device__ void load_box(unsigned shared, tensor_map const& map,
                                         tensor_point<Rank> const& point, unsigned barrier) {
  DEEPSEEK_BY_RANK(DEEPSEEK_LOAD);
}
template <int Rank>
DEEPSEEK_INLINE __device__ void load_box(unsigned shared, tensor_map const& map,
                                         tensor_point<Rank> const& point, unsigned barrier,
                                         std::uint16_t blocks) {
  DEEPSEEK_BY_RANK(DEEPSEEK_MULTICAST);
}
template <int Rank>
DEEPSEEK_INLINE __device__ void store_box(tensor_map const& map, tensor_point<Rank> const& point,
                                          unsigned shared) {
  DEEPSEEK_BY_RANK(DEEPSEEK_STORE);
}
template <int Rank>
DEEPSEEK_INLINE __device__ void add_box(tensor_map const& map, tensor_point<Rank> const& point,
                                        unsigned shared) {
  DEEPSEEK_BY_RANK(DEEPSEEK_ADD);
}

#undef DEEPSEEK_BY_RANK
#undef DEEPSEEK_BOX
#undef DEEPSEEK_LOAD
#undef DEEPSEEK_MULTICAST
#undef DEEPSEEK_STORE
#undef DEEPSEEK_ADD

#endif
#else
/// How elements of a map's type are added; null where they are not.
inline bulk_join adding(tensor_map const& map) {
  switch (description_of(map).element) {
    case tensor_element::u32: return &add_elements<std::uint32_t>;
    case tensor_element::i32: return &add_elements<std::int32_t>;
    case tensor_element::u64: return &add_elements<std::uint64_t>;
    case tensor_element::f16: return &add_elements<f16>;
    case tensor_element::bf16: return &add_elements<bf16>;
    case tensor_element::f32: return &add_elements<float>;
    case tensor_element::f64: return &add_elements<double>;
    default: return nullptr;
  }
}
#endif
}  // namespace detail

/// load_tensor(to, map, point, barrier): starts a copy of the box at `point` of the map's tensor.
/// load_tensor(to, map, point, barrier, blocks): to the same place in each block of the cluster whose bit
/// is set, where the same barrier gets the bytes.
template <class Here = void, class T, int Rank>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void load_tensor(shared_element<T> to, tensor_map const& map,
                                                      tensor_point<Rank> const& point,
                                                      mbarrier& barrier) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  detail::load_box(detail::shared_address(to.address()), map, point,
                   detail::shared_address(&barrier));
#endif
#else
  this_machine().tensor_load(to.address(), map, tensor_place{point.at, Rank}, &barrier, own_block);
#endif
}
template <class Here = void, class T, int Rank>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void load_tensor(shared_element<T> to, tensor_map const& map,
                                                      tensor_point<Rank> const& point,
                                                      mbarrier& barrier, std::uint16_t blocks) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  detail::load_box(detail::shared_address(to.address()), map, point,
                   detail::shared_address(&barrier), blocks);
#endif
#else
  this_machine().tensor_load(to.address(), map, tensor_place{point.at, Rank}, &barrier, blocks);
#endif
}

/// store_tensor(map, point, from): starts a copy of a box to the tensor.
template <class Here = void, class T, int Rank>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void store_tensor(tensor_map const& map,
                                                       tensor_point<Rank> const& point,
                                                       shared_element<T> from) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  detail::store_box(map, point, detail::shared_address(from.address()));
#endif
#else
  this_machine().tensor_store(map, tensor_place{point.at, Rank}, from.address(),
                              tensor_write::replace, nullptr);
#endif
}
/// add_tensor(map, point, from): the same, but adds to what is there; the map says of which type.
template <class Here = void, class T, int Rank>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void add_tensor(tensor_map const& map,
                                                     tensor_point<Rank> const& point,
                                                     shared_element<T> from) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  detail::add_box(map, point, detail::shared_address(from.address()));
#endif
#else
  this_machine().tensor_store(map, tensor_place{point.at, Rank}, from.address(), tensor_write::add,
                              detail::adding(map));
#endif
}

/// prefetch(map): so that the first copy need not wait for the map itself; changes nothing else.
template <class Here = void>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void prefetch([[maybe_unused]] tensor_map const& map) {
#if DEEPSEEK_DEVICE_PASS
  detail::needs_bulk_copies<Here>();
#if __CUDA_ARCH__ >= 900
  asm volatile("prefetch.tensormap [%0];" ::"l"(&map) : "memory");
#endif
#endif
}

}  // namespace deepseek::arch::gpu
