// SPDX-License-Identifier: Apache-2.0
/// @file top_k of long rows where k is 1: each row is read once, by a block.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/kernel/radix_prefix.hpp>
#include <deepseek/kernel/row_items.hpp>
#include <deepseek/tile/block_reduce.hpp>

namespace deepseek::kernel {

/// top_1<T, Index>: grid of any size in x, each block takes every grid.x-th row; columns >= 1.
template <deepseek::element T, class Index = std::int64_t> struct top_1 {
  static constexpr char const* name = "top_1";
  static constexpr int threads = 512;
  using key = radix_key_t<T>;
  struct shared_plan {
    tile::block_reduce_scratch<ranked<key>> of_warps;
  };

  T const* input;  ///< [rows, columns]
  T* values;       ///< [rows]
  Index* indices;  ///< [rows]
  std::int64_t row_stride;
  std::int64_t rows;
  int columns;
  extreme which = extreme::largest;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    for (std::int64_t r = arch::gpu::block_index().x; r < rows; r += arch::gpu::grid_blocks().x) {
      T const* const row = input + r * row_stride;
      ranked<key> best{0, ~std::uint32_t{0}};  // comes after every element
      row_items<T>{row, 0, columns, which}.for_each([&](ranked<key> const& own)
                                                        DEEPSEEK_INLINE_LAMBDA {
                                                          if (comes_before(own, best)) best = own;
                                                        });
      auto const first = [](ranked<key> const& a, ranked<key> const& b)
                             DEEPSEEK_INLINE_LAMBDA { return comes_before(b, a) ? b : a; };
      ranked<key> const found = tile::block_reduce(best, first, shared.of_warps);
      if (arch::gpu::thread_rank() != 0) continue;
      arch::gpu::store(values + r, arch::gpu::load(row + found.index));
      arch::gpu::store(indices + r, static_cast<Index>(found.index));
    }
  }
};

}  // namespace deepseek::kernel
