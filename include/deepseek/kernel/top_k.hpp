// SPDX-License-Identifier: Apache-2.0
/// @file The k largest or smallest elements of each row, with their indices: a block per row.
///
///   values[r, i] = input[r, indices[r, i]]
///
/// NaN is above all numbers, -0 equals +0, of equals the lowest index comes first.
///
/// As torch.topk, and the same every time: also in the order by_index.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/radix_key.hpp>
#include <deepseek/kernel/radix_select.hpp>
#include <deepseek/kernel/row_items.hpp>
#include <deepseek/tile/block_sort.hpp>

namespace deepseek::kernel {

/// top_order: of what is found in a row: the first one first, or by their places in the row.
enum class top_order : unsigned char { by_value, by_index };

/// top_k_config: room for max_k results, a power of two, and for capacity - k more items in shared
/// memory; digits of digit_bits. With 11 bits rows of normally distributed f32 are read twice, with
/// 8 three times.
struct top_k_config {
  int max_k = 2048;
  int capacity = 4096;
  int digit_bits = 11;
};

namespace detail {

/// Items 0 … k - 1 of the plan in the order that is wanted, seen by all threads.
template <class Key, int Capacity, int DigitBits>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sort_chosen(
    int k, top_order order, radix_select_plan<Key, Capacity, DigitBits>& shared) {
  constexpr ranked<Key> last{0, ~std::uint32_t{0}};  // comes after every item, in both orders
  int size = 1;
  while (size < k) size *= 2;
  for (int i = k + arch::gpu::thread_rank(); i < size; i += arch::gpu::block_threads())
    shared.put(i, last);
  bool const by_index = order == top_order::by_index;
  tile::block_sort(size, [&](int i, int j) DEEPSEEK_INLINE_LAMBDA {
    ranked<Key> const a = shared.item(i);
    ranked<Key> const b = shared.item(j);
    if (by_index ? b.index < a.index : comes_before(b, a)) {
      shared.put(i, b);
      shared.put(j, a);
    }
  });
}

/// Writes items 0 … k - 1 of the plan: the elements themselves come from their row.
template <class T, class Index, class Plan>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_chosen(T const* row, int k, T* values,
                                                       Index* indices, Plan& shared) {
  for (int i = arch::gpu::thread_rank(); i < k; i += arch::gpu::block_threads()) {
    std::uint32_t const index = shared.index[i];
    arch::gpu::store(values + i, arch::gpu::load(row + index));
    arch::gpu::store(indices + i, static_cast<Index>(index));
  }
}

}  // namespace detail

/// top_k<T, Index, Config>: grid of any size in x, each block takes every grid.x-th row; blocks of
/// 32 to 1024 threads. 1 <= k <= min(columns, max_k); columns < 2^31.
template <deepseek::element T, class Index = std::int64_t, top_k_config Config = top_k_config{}>
struct top_k {
  static_assert(Config.max_k >= 1 && (Config.max_k & (Config.max_k - 1)) == 0 &&
                    Config.capacity > Config.max_k,
                "[DS-TOP-K-CONFIG] max_k is a power of two below the capacity.");
  using shared_plan = radix_select_plan<radix_key_t<T>, Config.capacity, Config.digit_bits>;
  static constexpr char const* name = "top_k";
  static constexpr int threads = 512;

  T const* input;  ///< [rows, columns]
  T* values;       ///< [rows, k]
  Index* indices;  ///< [rows, k]
  std::int64_t row_stride;
  std::int64_t rows;
  int columns;
  int k;
  extreme which = extreme::largest;
  top_order order = top_order::by_value;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    for (std::int64_t r = arch::gpu::block_index().x; r < rows; r += arch::gpu::grid_blocks().x) {
      T const* const row = input + r * row_stride;
      row_items<T> const items{row, 0, columns, which};
      radix_select(items, columns, k, radix_key_bits<T>,
                   index_bits(static_cast<std::uint32_t>(columns)), shared);
      detail::sort_chosen(k, order, shared);
      detail::write_chosen(row, k, values + r * k, indices + r * k, shared);
    }
  }
};

}  // namespace deepseek::kernel
