// SPDX-License-Identifier: Apache-2.0
/// @file What is before and after a sort of keys with places: keys of rows, and rows by their sorted places.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/radix_key.hpp>

namespace deepseek::kernel {

namespace detail {
/// f(row, column, number) for each element of rows by columns, spread over the threads of a grid.
template <class F>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void for_each_of_rows(std::int64_t rows, std::int64_t columns,
                                                           F const& f) {
  std::int64_t const threads =
      std::int64_t{arch::gpu::grid_blocks().x} * arch::gpu::block_threads();
  std::int64_t const count = rows * columns;
  for (std::int64_t i = std::int64_t{arch::gpu::block_index().x} * arch::gpu::block_threads() +
                        arch::gpu::thread_rank();
       i < count; i += threads)
    f(i / columns, i % columns, i);
}
}  // namespace detail

/// sort_keys<T>: any grid in x: the key of each element, turned round where the largest come first, and its
/// column.
template <deepseek::element T> struct sort_keys {
  static constexpr char const* name = "sort_keys";
  static constexpr int threads = 256;
  struct shared_plan {};
  using key = radix_key_t<T>;

  T const* input;         ///< [rows, columns]
  key* keys;              ///< [rows, columns]
  std::uint32_t* places;  ///< [rows, columns]
  std::int64_t row_stride;
  std::int64_t rows;
  std::int64_t columns;
  bool descending;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    constexpr key all = static_cast<key>(~std::uint64_t{0} >> (64 - radix_key_bits<T>));
    key const flip = descending ? all : key{0};
    detail::for_each_of_rows(
        rows, columns,
        [&](std::int64_t r, std::int64_t column, std::int64_t i) DEEPSEEK_INLINE_LAMBDA {
          T const value = arch::gpu::load(input + r * row_stride + column);
          arch::gpu::store(keys + i, static_cast<key>(radix_key(value) ^ flip));
          arch::gpu::store(places + i, static_cast<std::uint32_t>(column));
        });
  }
};

/// take_sorted<T, Values, Places>: any grid in x: the elements of each row by its first places, and these.
template <deepseek::element T, bool Values, bool Places> struct take_sorted {
  static constexpr char const* name = "take_sorted";
  static constexpr int threads = 256;
  struct shared_plan {};

  T const* input;               ///< [rows, columns]
  std::uint32_t const* places;  ///< [rows, ...], in the order that is wanted
  T* values;                    ///< [rows, columns], where Values
  std::int64_t* indices;        ///< [rows, columns], where Places
  std::int64_t row_stride;
  std::int64_t place_stride;
  std::int64_t rows;
  std::int64_t columns;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    detail::for_each_of_rows(
        rows, columns,
        [&](std::int64_t r, std::int64_t column, std::int64_t i) DEEPSEEK_INLINE_LAMBDA {
          std::uint32_t const place = arch::gpu::load(places + r * place_stride + column);
          if constexpr (Values)
            arch::gpu::store(values + i, arch::gpu::load(input + r * row_stride + place));
          if constexpr (Places) arch::gpu::store(indices + i, static_cast<std::int64_t>(place));
        });
  }
};

/// copy_places: any grid in x: the first places of each row.
struct copy_places {
  static constexpr char const* name = "copy_places";
  static constexpr int threads = 256;
  struct shared_plan {};

  std::uint32_t const* from;  ///< [rows, ...]
  std::uint32_t* to;          ///< [rows, columns]
  std::int64_t row_stride;
  std::int64_t rows;
  std::int64_t columns;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    detail::for_each_of_rows(
        rows, columns,
        [&](std::int64_t r, std::int64_t column, std::int64_t i) DEEPSEEK_INLINE_LAMBDA {
          arch::gpu::store(to + i, arch::gpu::load(from + r * row_stride + column));
        });
  }
};

}  // namespace deepseek::kernel
