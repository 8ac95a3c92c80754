// SPDX-License-Identifier: Apache-2.0
/// @file Reductions of 32-bit integers over a warp: one instruction from sm_80 on, five shuffles before.
/// All lanes take part and get the result.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/machine.hpp>
#include <deepseek/arch/gpu/warp.hpp>

namespace deepseek::arch::gpu {

/// warp_integer: what the instruction takes.
template <class T>
concept warp_integer = std::same_as<T, std::int32_t> || std::same_as<T, std::uint32_t>;

namespace detail {
/// What joins two values, and the instruction that joins those of a warp.
struct join_sum {
  template <class T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T operator()(T a, T b) const {
    return static_cast<T>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
  }
};
struct join_min {
  template <class T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T operator()(T a, T b) const {
    return b < a ? b : a;
  }
};
struct join_max {
  template <class T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T operator()(T a, T b) const {
    return a < b ? b : a;
  }
};
struct join_and {
  template <class T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T operator()(T a, T b) const {
    return a & b;
  }
};
struct join_or {
  template <class T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T operator()(T a, T b) const {
    return a | b;
  }
};
struct join_xor {
  template <class T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T operator()(T a, T b) const {
    return a ^ b;
  }
};

#if DEEPSEEK_DEVICE_PASS
#if __CUDA_ARCH__ >= 800
template <class T> DEEPSEEK_INLINE __device__ T redux(T v, join_sum) {
  return __reduce_add_sync(all_lanes, v);
}
template <class T> DEEPSEEK_INLINE __device__ T redux(T v, join_min) {
  return __reduce_min_sync(all_lanes, v);
}
template <class T> DEEPSEEK_INLINE __device__ T redux(T v, join_max) {
  return __reduce_max_sync(all_lanes, v);
}
template <class T> DEEPSEEK_INLINE __device__ T redux(T v, join_and) {
  return static_cast<T>(__reduce_and_sync(all_lanes, static_cast<unsigned>(v)));
}
template <class T> DEEPSEEK_INLINE __device__ T redux(T v, join_or) {
  return static_cast<T>(__reduce_or_sync(all_lanes, static_cast<unsigned>(v)));
}
template <class T> DEEPSEEK_INLINE __device__ T redux(T v, join_xor) {
  return static_cast<T>(__reduce_xor_sync(all_lanes, static_cast<unsigned>(v)));
}
#else
template <class T, class Join> DEEPSEEK_INLINE __device__ T redux(T v, Join join) {
  return warp_reduce(v, join);
}
#endif
#else
template <class T, class Join> T redux(T v, Join const& join) {
  lane_values const& all = this_machine().collect(all_lanes, "reduction", &v, sizeof(T));
  T result = *static_cast<T const*>(all.of[0]);
  for (int lane = 1; lane < warp_size; ++lane)
    result = join(result, *static_cast<T const*>(all.of[lane]));
  return result;
}
#endif
}  // namespace detail

/// warp_sum(v): of all lanes; wraps around. warp_min(v), warp_max(v): the least and the greatest.
template <warp_integer T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T warp_sum(T v) {
  return detail::redux(v, detail::join_sum{});
}
template <warp_integer T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T warp_min(T v) {
  return detail::redux(v, detail::join_min{});
}
template <warp_integer T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T warp_max(T v) {
  return detail::redux(v, detail::join_max{});
}
/// warp_and(v), warp_or(v), warp_xor(v): bit by bit.
template <warp_integer T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T warp_and(T v) {
  return detail::redux(v, detail::join_and{});
}
template <warp_integer T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T warp_or(T v) {
  return detail::redux(v, detail::join_or{});
}
template <warp_integer T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T warp_xor(T v) {
  return detail::redux(v, detail::join_xor{});
}

}  // namespace deepseek::arch::gpu
