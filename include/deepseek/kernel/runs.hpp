// SPDX-License-Identifier: Apache-2.0
/// @file Runs of equal elements in the order of a sort: where each begins, and which one an element is of.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/radix_key.hpp>

namespace deepseek::kernel {

namespace detail {
/// f(i) for i = 0 … count - 1, spread over the threads of a grid.
template <class F>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void for_each_of(std::int64_t count, F const& f) {
  std::int64_t const threads =
      std::int64_t{arch::gpu::grid_blocks().x} * arch::gpu::block_threads();
  for (std::int64_t i = std::int64_t{arch::gpu::block_index().x} * arch::gpu::block_threads() +
                        arch::gpu::thread_rank();
       i < count; i += threads)
    f(i);
}
}  // namespace detail

/// mark_runs<T>: any grid in x: marks[i] = 1 where x[order[i]] differs from the one before in order, else 0.
/// -0 equals +0, all NaN are one.
template <deepseek::element T> struct mark_runs {
  static constexpr char const* name = "mark_runs";
  static constexpr int threads = 256;
  struct shared_plan {};

  T const* x;                 ///< [count]
  std::int64_t const* order;  ///< [count]: places of x, in its order
  std::int32_t* marks;        ///< [count]
  std::int64_t count;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    detail::for_each_of(count, [&](std::int64_t i) DEEPSEEK_INLINE_LAMBDA {
      bool const begins = i == 0 || key_at(i) != key_at(i - 1);
      arch::gpu::store(marks + i, begins ? std::int32_t{1} : std::int32_t{0});
    });
  }

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE radix_key_t<T> key_at(std::int64_t i) const {
    return radix_key(arch::gpu::load(x + arch::gpu::load(order + i)));
  }
};

/// write_runs<T>: any grid in x: the first element of each run, where it begins, and the run of each element.
template <deepseek::element T> struct write_runs {
  static constexpr char const* name = "write_runs";
  static constexpr int threads = 256;
  struct shared_plan {};

  T const* x;                   ///< [count]
  std::int64_t const* order;    ///< [count]
  std::int64_t const* numbers;  ///< [count]: marks up to and with each
  T* values;                    ///< [runs]
  std::int64_t* begins;         ///< [runs + 1], the last one is count
  std::int64_t* run_of;         ///< [count]
  std::int64_t count;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    detail::for_each_of(count, [&](std::int64_t i) DEEPSEEK_INLINE_LAMBDA {
      std::int64_t const number = arch::gpu::load(numbers + i);
      std::int64_t const place = arch::gpu::load(order + i);
      arch::gpu::store(run_of + place, number - 1);
      if (i == 0 || arch::gpu::load(numbers + i - 1) != number) {
        arch::gpu::store(values + number - 1, arch::gpu::load(x + place));
        arch::gpu::store(begins + number - 1, i);
      }
      if (i == count - 1) arch::gpu::store(begins + number, count);
    });
  }
};

}  // namespace deepseek::kernel
