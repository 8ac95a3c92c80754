// SPDX-License-Identifier: Apache-2.0
/// @file N packs of N lanes as a square matrix, transposed in registers.
#pragma once

#include <utility>

#include <deepseek/arch/cpu/pack.hpp>

namespace deepseek::arch {

// The lane numbers are spelt out: nvcc's front end loses a template pack inside this builtin.
/// interleave_low(a, b) = a[0] b[0] a[1] b[1] …, of the first halves of a and b.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> interleave_low(pack<T, N> a, pack<T, N> b) {
  pack<T, N> r;
  if constexpr (N == 2) r.v = __builtin_shufflevector(a.v, b.v, 0, 2);
  else if constexpr (N == 4) r.v = __builtin_shufflevector(a.v, b.v, 0, 4, 1, 5);
  else if constexpr (N == 8) r.v = __builtin_shufflevector(a.v, b.v, 0, 8, 1, 9, 2, 10, 3, 11);
  else
    r.v = __builtin_shufflevector(a.v, b.v, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  static_assert(N <= 16, "[DS-PACK-SIZE] interleave_low: N must be 2, 4, 8 or 16.");
  return r;
}
/// interleave_high(a, b): the same of the second halves.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> interleave_high(pack<T, N> a, pack<T, N> b) {
  pack<T, N> r;
  if constexpr (N == 2) r.v = __builtin_shufflevector(a.v, b.v, 1, 3);
  else if constexpr (N == 4) r.v = __builtin_shufflevector(a.v, b.v, 2, 6, 3, 7);
  else if constexpr (N == 8) r.v = __builtin_shufflevector(a.v, b.v, 4, 12, 5, 13, 6, 14, 7, 15);
  else
    r.v = __builtin_shufflevector(a.v, b.v, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
                                  15, 31);
  static_assert(N <= 16, "[DS-PACK-SIZE] interleave_high: N must be 2, 4, 8 or 16.");
  return r;
}

namespace detail {
/// Row i meets row i + N/2; done log2 N times, that transposes.
template <class T, int N, int... I>
DEEPSEEK_INLINE void interleave_rows(pack<T, N> (&row)[N], std::integer_sequence<int, I...>) {
  pack<T, N> const next[N] = {(I % 2 == 0 ? interleave_low(row[I / 2], row[I / 2 + N / 2])
                                          : interleave_high(row[I / 2], row[I / 2 + N / 2]))...};
  ((row[I] = next[I]), ...);
}
}  // namespace detail

/// transpose(row): row[i][j] becomes row[j][i]; N is 2, 4, 8 or 16.
///
/// @cost   N log2 N shuffles; stays in registers
template <class T, int N> DEEPSEEK_INLINE void transpose(pack<T, N> (&row)[N]) {
  std::make_integer_sequence<int, N> const every{};
  if constexpr (N >= 2) detail::interleave_rows(row, every);
  if constexpr (N >= 4) detail::interleave_rows(row, every);
  if constexpr (N >= 8) detail::interleave_rows(row, every);
  if constexpr (N >= 16) detail::interleave_rows(row, every);
}

}  // namespace deepseek::arch
