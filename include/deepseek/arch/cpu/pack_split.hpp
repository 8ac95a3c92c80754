// SPDX-License-Identifier: Apache-2.0
/// @file Halves of a pack and a pack of two halves, without a trip through memory.
#pragma once

#include <deepseek/arch/cpu/pack.hpp>

namespace deepseek::arch {

// The lane numbers are spelt out: nvcc's front end loses a template pack inside this builtin.
namespace detail {

template <class T, int N>
DEEPSEEK_INLINE void low_half(native<T, N / 2>& half, native<T, N> const& v) {
  if constexpr (N == 2) half = __builtin_shufflevector(v, v, 0);
  else if constexpr (N == 4) half = __builtin_shufflevector(v, v, 0, 1);
  else if constexpr (N == 8) half = __builtin_shufflevector(v, v, 0, 1, 2, 3);
  else if constexpr (N == 16) half = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
  else if constexpr (N == 32)
    half = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  else
    half = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                                   17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
}

template <class T, int N>
DEEPSEEK_INLINE void high_half(native<T, N / 2>& half, native<T, N> const& v) {
  if constexpr (N == 2) half = __builtin_shufflevector(v, v, 1);
  else if constexpr (N == 4) half = __builtin_shufflevector(v, v, 2, 3);
  else if constexpr (N == 8) half = __builtin_shufflevector(v, v, 4, 5, 6, 7);
  else if constexpr (N == 16) half = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
  else if constexpr (N == 32)
    half = __builtin_shufflevector(v, v, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
                                   31);
  else
    half =
        __builtin_shufflevector(v, v, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46,
                                47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63);
}

template <class T, int N>
DEEPSEEK_INLINE void both_halves(native<T, 2 * N>& whole, native<T, N> const& a,
                                 native<T, N> const& b) {
  if constexpr (N == 1) whole = __builtin_shufflevector(a, b, 0, 1);
  else if constexpr (N == 2) whole = __builtin_shufflevector(a, b, 0, 1, 2, 3);
  else if constexpr (N == 4) whole = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
  else if constexpr (N == 8)
    whole = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  else if constexpr (N == 16)
    whole = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                                    17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
  else
    whole = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                                    17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
                                    33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
                                    49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63);
}

}  // namespace detail

/// Lanes 0 … N/2-1.
template <class T, int N> DEEPSEEK_INLINE pack<T, N / 2> low(pack<T, N> p) {
  pack<T, N / 2> half;
  detail::low_half<T, N>(half.v, p.v);
  return half;
}
/// Lanes N/2 … N-1.
template <class T, int N> DEEPSEEK_INLINE pack<T, N / 2> high(pack<T, N> p) {
  pack<T, N / 2> half;
  detail::high_half<T, N>(half.v, p.v);
  return half;
}
/// The lanes of a, then those of b.
template <class T, int N> DEEPSEEK_INLINE pack<T, 2 * N> join(pack<T, N> a, pack<T, N> b) {
  pack<T, 2 * N> whole;
  detail::both_halves<T, N>(whole.v, a.v, b.v);
  return whole;
}

template <class T, int N> DEEPSEEK_INLINE mask<T, N / 2> low(mask<T, N> m) {
  mask<T, N / 2> half;
  detail::low_half<detail::signed_of<T>, N>(half.v, m.v);
  return half;
}
template <class T, int N> DEEPSEEK_INLINE mask<T, N / 2> high(mask<T, N> m) {
  mask<T, N / 2> half;
  detail::high_half<detail::signed_of<T>, N>(half.v, m.v);
  return half;
}
template <class T, int N> DEEPSEEK_INLINE mask<T, 2 * N> join(mask<T, N> a, mask<T, N> b) {
  mask<T, 2 * N> whole;
  detail::both_halves<detail::signed_of<T>, N>(whole.v, a.v, b.v);
  return whole;
}

}  // namespace deepseek::arch
