// SPDX-License-Identifier: Apache-2.0
/// @file top_k of few long rows: many blocks share a row, in two launches.
///
/// What is among the first k of a row is among the first k of its part. So top_k_parts finds the first k
/// of each part, and top_k_merge the first k of those; the result is that of top_k, whatever the parts.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/radix_key.hpp>
#include <deepseek/kernel/radix_select.hpp>
#include <deepseek/kernel/row_items.hpp>
#include <deepseek/kernel/top_k.hpp>

namespace deepseek::kernel {

/// top_k_part_count(rows, columns, k, blocks): into how many parts a row is best cut where `blocks`
/// blocks run at once; 1 where top_k alone does. A block of the first launch reads columns / parts
/// elements, one of the second parts k items: both are least together where they are equal. A part
/// has k elements or more.
[[nodiscard]] constexpr int top_k_part_count(std::int64_t rows, int columns, int k, int blocks) {
  constexpr int worth_a_block = 8192;  // elements
  int const least = k > worth_a_block ? k : worth_a_block;
  std::int64_t const free_blocks = rows < 1 ? blocks : blocks / rows;
  int parts = 1;
  while (parts + 1 <= free_blocks && columns / (parts + 1) >= least &&
         (parts + 1) <= columns / (std::int64_t{k} * (parts + 1)))
    ++parts;
  return parts;
}

/// top_k_parts<T, Config>: grid {parts, rows}; the first k of each part of each row, in any order.
template <deepseek::element T, top_k_config Config = top_k_config{}> struct top_k_parts {
  using key = radix_key_t<T>;
  using shared_plan = radix_select_plan<key, Config.capacity, Config.digit_bits>;
  static constexpr char const* name = "top_k_parts";
  static constexpr int threads = 512;

  T const* input;          ///< [rows, columns]
  key* keys;               ///< [rows, parts, k]
  std::uint32_t* indices;  ///< [rows, parts, k]: in the row
  std::int64_t row_stride;
  int columns;
  int k;
  extreme which = extreme::largest;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    int const part = arch::gpu::block_index().x;
    int const parts = arch::gpu::grid_blocks().x;
    std::int64_t const row = arch::gpu::block_index().y;
    int const longer = columns % parts;  // so many parts have an element more than the others
    int const begin = columns / parts * part + (part < longer ? part : longer);
    int const end = begin + columns / parts + (part < longer ? 1 : 0);
    row_items<T> const items{input + row * row_stride, begin, end, which};
    radix_select(items, end - begin, k, radix_key_bits<T>,
                 index_bits(static_cast<std::uint32_t>(columns)), shared);
    std::int64_t const first = (row * parts + part) * k;
    for (int i = arch::gpu::thread_rank(); i < k; i += arch::gpu::block_threads()) {
      ranked<key> const item = shared.item(i);
      arch::gpu::store(keys + first + i, item.key);
      arch::gpu::store(indices + first + i, item.index);
    }
  }
};

namespace detail {
/// Items that a launch before has found.
template <class Key> struct found_items {
  Key const* keys;
  std::uint32_t const* indices;
  int count;
  DEEPSEEK_ANY_SIDE
  template <class F> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void for_each(F const& f) const {
    for (int i = arch::gpu::thread_rank(); i < count; i += arch::gpu::block_threads())
      f(ranked<Key>{arch::gpu::load(keys + i), arch::gpu::load(indices + i)});
  }
};
}  // namespace detail

/// top_k_merge<T, Index, Config>: grid and block as of top_k; the first k of what top_k_parts has found.
template <deepseek::element T, class Index = std::int64_t, top_k_config Config = top_k_config{}>
struct top_k_merge {
  using key = radix_key_t<T>;
  using shared_plan = radix_select_plan<key, Config.capacity, Config.digit_bits>;
  static constexpr char const* name = "top_k_merge";
  static constexpr int threads = 512;

  T const* input;                     ///< [rows, columns]
  key const* part_keys;               ///< [rows, parts, k]
  std::uint32_t const* part_indices;  ///< [rows, parts, k]
  T* values;                          ///< [rows, k]
  Index* indices;                     ///< [rows, k]
  std::int64_t row_stride;
  std::int64_t rows;
  int columns;
  int k;
  int parts;
  top_order order = top_order::by_value;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    int const found = parts * k;
    for (std::int64_t r = arch::gpu::block_index().x; r < rows; r += arch::gpu::grid_blocks().x) {
      detail::found_items<key> const items{part_keys + r * found, part_indices + r * found, found};
      radix_select(items, found, k, radix_key_bits<T>,
                   index_bits(static_cast<std::uint32_t>(columns)), shared);
      detail::sort_chosen(k, order, shared);
      detail::write_chosen(input + r * row_stride, k, values + r * k, indices + r * k, shared);
    }
  }
};

}  // namespace deepseek::kernel
