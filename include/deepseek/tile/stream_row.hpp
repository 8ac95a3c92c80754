// SPDX-License-Identifier: Apache-2.0
/// @file stream_row: every element of a row to one of many threads, in accesses of 16 bytes
/// whatever the row's address: for what does not depend on the order of the elements.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/base/config.hpp>
#include <deepseek/tile/unrolled.hpp>
#include <deepseek/tile/vector_access.hpp>

namespace deepseek::tile {

namespace detail {
/// The first of elements begin … end - 1 whose address is a multiple of 16, or the end.
template <class T, class Index>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Index aligned_begin(T const* row, Index begin, Index end) {
  constexpr auto bytes = static_cast<std::uintptr_t>(widest_access_bytes);
  std::uintptr_t const over = reinterpret_cast<std::uintptr_t>(row + begin) % bytes;
  Index const missing = over == 0 ? 0 : static_cast<Index>((bytes - over) / sizeof(T));
  return missing < end - begin ? begin + missing : end;
}
}  // namespace detail

/// stream_row(row, begin, end, rank, threads, f): f(row[i], i) for i = begin … end - 1, each by one
/// of `threads` threads, of which the caller is number `rank`: those of a block, or of a grid.
DEEPSEEK_ANY_SIDE
template <class T, std::signed_integral Index, class F>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void stream_row(T const* row, Index begin, Index end,
                                                     std::type_identity_t<Index> rank,
                                                     std::type_identity_t<Index> threads,
                                                     F const& f) {
  constexpr int per_access = widest_access_bytes / static_cast<int>(sizeof(T));
  // Accesses that are under way at once: of 16 elements, so that there is not too much code for bytes.
  constexpr int accesses = per_access >= 16 ? 1 : per_access <= 4 ? 4 : 16 / per_access;
  using piece = arch::gpu::vec<T, per_access>;
  Index const first = detail::aligned_begin(row, begin, end);
  Index const pieces = (end - first) / per_access;
  auto const* const whole = reinterpret_cast<piece const*>(row + first);
  for (Index p = rank; p < pieces; p += threads * accesses) {
    piece held[accesses];
    unrolled<accesses>([&](auto a) DEEPSEEK_INLINE_LAMBDA {
      if (p + a * threads < pieces) held[a] = arch::gpu::load(whole + p + a * threads);
    });
    unrolled<accesses>([&](auto a) DEEPSEEK_INLINE_LAMBDA {
      if (p + a * threads >= pieces) return;
      Index const index = first + (p + a * threads) * per_access;
      unrolled<per_access>([&](auto e) DEEPSEEK_INLINE_LAMBDA { f(held[a][e], index + e); });
    });
  }
  // What lies before the first aligned place and after the last whole piece.
  Index const before = first - begin;
  Index const after = first + pieces * per_access;
  for (Index i = rank; i < before + end - after; i += threads) {
    Index const index = i < before ? begin + i : after + i - before;
    f(arch::gpu::load(row + index), index);
  }
}

}  // namespace deepseek::tile
