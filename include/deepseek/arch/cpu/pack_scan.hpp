// SPDX-License-Identifier: Apache-2.0
/// @file The running sum of a pack's lanes.
#pragma once

#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch {

namespace detail {

/// Lane i becomes lane i - By of p, or zero where there is none. N is at most 16.
template <int By, class T, int N> DEEPSEEK_INLINE pack<T, N> shifted_up(pack<T, N> p) {
  using result = pack<T, N>;
  [[maybe_unused]] constexpr typename result::native zero{};
  auto const& v = p.v;
  if constexpr (N == 2) return result::from_native(__builtin_shufflevector(v, zero, 2, 0));
  else if constexpr (N == 4 && By == 1)
    return result::from_native(__builtin_shufflevector(v, zero, 4, 0, 1, 2));
  else if constexpr (N == 4)
    return result::from_native(__builtin_shufflevector(v, zero, 4, 4, 0, 1));
  else if constexpr (N == 8 && By == 1)
    return result::from_native(__builtin_shufflevector(v, zero, 8, 0, 1, 2, 3, 4, 5, 6));
  else if constexpr (N == 8 && By == 2)
    return result::from_native(__builtin_shufflevector(v, zero, 8, 8, 0, 1, 2, 3, 4, 5));
  else if constexpr (N == 8)
    return result::from_native(__builtin_shufflevector(v, zero, 8, 8, 8, 8, 0, 1, 2, 3));
  else if constexpr (By == 1)
    return result::from_native(
        __builtin_shufflevector(v, zero, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
  else if constexpr (By == 2)
    return result::from_native(
        __builtin_shufflevector(v, zero, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13));
  else if constexpr (By == 4)
    return result::from_native(
        __builtin_shufflevector(v, zero, 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  else
    return result::from_native(
        __builtin_shufflevector(v, zero, 16, 16, 16, 16, 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7));
}

template <int By, class T, int N> DEEPSEEK_INLINE pack<T, N> scan_from(pack<T, N> p) {
  if constexpr (By >= N) return p;
  else return scan_from<2 * By>(p + shifted_up<By>(p));
}

}  // namespace detail

/// inclusive_scan_add(p)[i] = p[0] + … + p[i].
///
/// log2(N) steps: each adds the lane 1, 2, 4 … places below. The order depends on N alone.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> inclusive_scan_add(pack<T, N> p) {
  if constexpr (N > 16) {
    auto const below = inclusive_scan_add(low(p));
    return join(below, inclusive_scan_add(high(p)) + get(below, N / 2 - 1));
  } else {
    return detail::scan_from<1>(p);
  }
}

}  // namespace deepseek::arch
