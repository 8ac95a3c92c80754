// SPDX-License-Identifier: Apache-2.0
/// @file top_k of short rows, as of the experts that a token may go to: a warp per row, all in registers.
///
/// The first of what is left is found and taken out, k times. For k up to a few dozen that is less than
/// counting digits, and needs no barrier.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/gpu/warp.hpp>
#include <deepseek/arch/gpu/warp_integers.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/radix_key.hpp>
#include <deepseek/kernel/row_items.hpp>
#include <deepseek/kernel/top_k.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

namespace detail {
/// The largest key of all lanes, in each of them.
template <class Key> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Key largest_of_warp(Key key) {
  if constexpr (sizeof(Key) == 4) {
    return arch::gpu::warp_max(key);
  } else {
    auto const upper = static_cast<std::uint32_t>(key >> 32);
    std::uint32_t const most = arch::gpu::warp_max(upper);
    auto const lower = upper == most ? static_cast<std::uint32_t>(key) : 0u;
    return Key{most} << 32 | arch::gpu::warp_max(lower);
  }
}
}  // namespace detail

/// top_k_warp<T, Index, Items>: any grid in x; a warp takes every so many-th row. 1 <= k <= columns <=
/// 32 * Items, Items <= 32.
template <deepseek::element T, class Index = std::int64_t, int Items = 8> struct top_k_warp {
  static_assert(Items >= 1 && Items <= 32, "[DS-TOP-K-WARP] a lane holds 1 to 32 elements.");
  static constexpr char const* name = "top_k_warp";
  static constexpr int threads = 128;
  static constexpr int longest = arch::gpu::warp_size * Items;
  struct shared_plan {};
  using key = radix_key_t<T>;

  T const* input;  ///< [rows, columns]
  T* values;       ///< [rows, k]
  Index* indices;  ///< [rows, k]
  std::int64_t row_stride;
  std::int64_t rows;
  int columns;
  int k;
  extreme which = extreme::largest;
  top_order order = top_order::by_value;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    int const warps = arch::gpu::block_threads() / arch::gpu::warp_size;
    std::int64_t const all = std::int64_t{arch::gpu::grid_blocks().x} * warps;
    for (std::int64_t r = std::int64_t{arch::gpu::block_index().x} * warps + arch::gpu::warp_rank();
         r < rows; r += all)
      run_row(input + r * row_stride, values + r * k, indices + r * k);
  }

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void run_row(T const* row, T* value, Index* index) const {
    row_items<T> const items{row, 0, columns, which};
    auto const lane = static_cast<std::uint32_t>(arch::gpu::lane_rank());
    key held[Items];         // of elements lane, lane + 32, …
    std::uint32_t left = 0;  // bit i: element lane + 32 i is in the row, and not taken yet
    tile::unrolled<Items>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      int const at = static_cast<int>(lane) + arch::gpu::warp_size * i;
      held[i] = 0;
      if (at < columns) {
        held[i] = items.item(arch::gpu::load(row + at), at).key;
        left |= 1u << i;
      }
    });
    std::uint32_t const all = left;
    std::uint32_t mine = 0;  // the place of result `lane` of the 32 that come next
    for (int found = 0; found < k; ++found) {
      std::uint32_t const place = take_first(held, left, lane);
      if (order == top_order::by_index) continue;
      if (static_cast<int>(lane) == found % arch::gpu::warp_size) mine = place;
      int const begin = found / arch::gpu::warp_size * arch::gpu::warp_size;
      bool const last = found + 1 == k || (found + 1) % arch::gpu::warp_size == 0;
      if (last && begin + static_cast<int>(lane) <= found)
        write(row, value, index, begin + static_cast<int>(lane), mine);
    }
    if (order == top_order::by_index) write_taken(row, value, index, all & ~left, lane);
  }

  /// The place of the first element that is left; it is taken out.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static std::uint32_t take_first(key const (&held)[Items],
                                                                       std::uint32_t& left,
                                                                       std::uint32_t lane) {
    key best = 0;
    std::uint32_t at = ~0u;
    tile::unrolled<Items>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      bool const better = ((left >> i) & 1u) != 0 && (at == ~0u || held[i] > best);
      best = better ? held[i] : best;
      at = better ? lane + static_cast<std::uint32_t>(arch::gpu::warp_size * i) : at;
    });
    key const first = detail::largest_of_warp(best);
    std::uint32_t const place = arch::gpu::warp_min(best == first ? at : ~0u);
    if (place == at) left &= ~(1u << (at / arch::gpu::warp_size));
    return place;
  }

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static void write(T const* row, T* value, Index* index,
                                                         int to, std::uint32_t place) {
    arch::gpu::store(value + to, arch::gpu::load(row + place));
    arch::gpu::store(index + to, static_cast<Index>(place));
  }
  /// Elements whose bit is set, in the order of their places.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_taken(T const* row, T* value, Index* index,
                                                        std::uint32_t taken,
                                                        std::uint32_t lane) const {
    int before = 0;
    for (int i = 0; i * arch::gpu::warp_size < columns; ++i) {
      bool const own = ((taken >> i) & 1u) != 0;
      std::uint32_t const who = arch::gpu::ballot(own);
      if (own)
        write(row, value, index, before + count_bits(who & ((1u << lane) - 1)),
              lane + static_cast<std::uint32_t>(arch::gpu::warp_size * i));
      before += count_bits(who);
    }
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE static int count_bits(std::uint32_t bits) {
    return __builtin_popcount(bits);
  }
};

}  // namespace deepseek::kernel
