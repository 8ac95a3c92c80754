// SPDX-License-Identifier: Apache-2.0
/// @file Slices added to those that an index names, once the indices are sorted: in order, without atomics.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/base/dtype.hpp>

namespace deepseek::kernel {

/// scatter_sorted<T, S>: any grid in x, a thread an element of the result:
///
///   y[o, t, i] = x[o, t, i] + sum of source[o, place[p], i] over p with target[p] == t, in the order of p
template <deepseek::element T, deepseek::element S> struct scatter_sorted {
  static constexpr char const* name = "scatter_sorted";
  static constexpr int threads = 256;
  struct shared_plan {};
  using sum_type = compute_t<T>;

  T const* x;                   ///< [outer, targets, inner]
  S const* source;              ///< [outer, count, inner]
  std::uint32_t const* target;  ///< [count], ascending; those from `targets` on are left out
  std::uint32_t const* place;   ///< [count]
  T* y;                         ///< [outer, targets, inner]
  std::int64_t outer;
  std::int64_t targets;
  std::int64_t count;
  std::int64_t inner;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    std::int64_t const threads_of_grid =
        std::int64_t{arch::gpu::grid_blocks().x} * arch::gpu::block_threads();
    for (std::int64_t i = std::int64_t{arch::gpu::block_index().x} * arch::gpu::block_threads() +
                          arch::gpu::thread_rank();
         i < outer * targets * inner; i += threads_of_grid)
      add_up(i / inner / targets, i / inner % targets, i % inner, i);
  }

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void add_up(std::int64_t o, std::int64_t t, std::int64_t i,
                                                   std::int64_t number) const {
    sum_type sum = convert<sum_type>(arch::gpu::load(x + number));
    for (std::int64_t p = first_of(t); p < count; ++p) {
      if (arch::gpu::load(target + p) != static_cast<std::uint32_t>(t)) break;
      std::int64_t const from = (o * count + arch::gpu::load(place + p)) * inner + i;
      sum = joined(sum, convert<sum_type>(arch::gpu::load(source + from)));
    }
    arch::gpu::store(y + number, convert<T>(sum));
  }
  /// The first p with target[p] >= t, by halves.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t first_of(std::int64_t t) const {
    std::int64_t begin = 0;
    std::int64_t end = count;
    while (begin < end) {
      std::int64_t const middle = (begin + end) / 2;
      if (arch::gpu::load(target + middle) < static_cast<std::uint32_t>(t)) begin = middle + 1;
      else end = middle;
    }
    return begin;
  }
  /// Integers wrap around.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static sum_type joined(sum_type a, sum_type b) {
    if constexpr (std::is_same_v<sum_type, bool>) return a || b;
    else if constexpr (std::is_integral_v<sum_type>)
      return static_cast<sum_type>(static_cast<std::make_unsigned_t<sum_type>>(a) +
                                   static_cast<std::make_unsigned_t<sum_type>>(b));
    else return a + b;
  }
};

/// scatter_keys<Index>: any grid in x: indices as what is sorted, with their places.
template <deepseek::element Index> struct scatter_keys {
  static constexpr char const* name = "scatter_keys";
  static constexpr int threads = 256;
  struct shared_plan {};

  Index const* indices;   ///< [count], each `step` after the one before
  std::uint32_t* target;  ///< [count]
  std::uint32_t* place;   ///< [count]
  std::int64_t count;
  std::int64_t step;
  std::int64_t targets;  ///< an index outside becomes this number, which is no target

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    std::int64_t const threads_of_grid =
        std::int64_t{arch::gpu::grid_blocks().x} * arch::gpu::block_threads();
    for (std::int64_t i = std::int64_t{arch::gpu::block_index().x} * arch::gpu::block_threads() +
                          arch::gpu::thread_rank();
         i < count; i += threads_of_grid) {
      auto const index = static_cast<std::int64_t>(arch::gpu::load(indices + i * step));
      bool const inside = index >= 0 && index < targets;
      arch::gpu::store(target + i, static_cast<std::uint32_t>(inside ? index : targets));
      arch::gpu::store(place + i, static_cast<std::uint32_t>(i));
    }
  }
};

}  // namespace deepseek::kernel
