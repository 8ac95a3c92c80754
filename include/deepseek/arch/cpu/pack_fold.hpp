// SPDX-License-Identifier: Apache-2.0
/// @file As many reductions at once as a pack has lanes.
#pragma once

#include <utility>

#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch {

namespace detail {

/// The lane of (a, b) that lane i takes, when every group of Group lanes gives its lower half, or its
/// upper one.
constexpr int fold_lane(int group, int i) { return i / (group / 2) * group + i % (group / 2); }

// As in pack_split.hpp, the lane numbers are spelt out for nvcc's front end.
template <int Group, int Upper, class T, int N>
DEEPSEEK_INLINE pack<T, N> halves_of_groups(pack<T, N> const& a, pack<T, N> const& b) {
  using result = pack<T, N>;
  constexpr int h = Upper * Group / 2;
  constexpr int g = Group;
  if constexpr (N == 2)
    return result::from_native(
        __builtin_shufflevector(a.v, b.v, fold_lane(g, 0) + h, fold_lane(g, 1) + h));
  else if constexpr (N == 4)
    return result::from_native(__builtin_shufflevector(a.v, b.v, fold_lane(g, 0) + h,
                                                       fold_lane(g, 1) + h, fold_lane(g, 2) + h,
                                                       fold_lane(g, 3) + h));
  else if constexpr (N == 8)
    return result::from_native(
        __builtin_shufflevector(a.v, b.v, fold_lane(g, 0) + h, fold_lane(g, 1) + h,
                                fold_lane(g, 2) + h, fold_lane(g, 3) + h, fold_lane(g, 4) + h,
                                fold_lane(g, 5) + h, fold_lane(g, 6) + h, fold_lane(g, 7) + h));
  else
    return result::from_native(__builtin_shufflevector(
        a.v, b.v, fold_lane(g, 0) + h, fold_lane(g, 1) + h, fold_lane(g, 2) + h,
        fold_lane(g, 3) + h, fold_lane(g, 4) + h, fold_lane(g, 5) + h, fold_lane(g, 6) + h,
        fold_lane(g, 7) + h, fold_lane(g, 8) + h, fold_lane(g, 9) + h, fold_lane(g, 10) + h,
        fold_lane(g, 11) + h, fold_lane(g, 12) + h, fold_lane(g, 13) + h, fold_lane(g, 14) + h,
        fold_lane(g, 15) + h));
}

/// Spelt out, not looped, so that the packs stay in registers.
template <class T, int N, class Combine, int... I>
DEEPSEEK_INLINE void fold_groups(pack<T, N> (&p)[N], Combine const& combine,
                                 std::integer_sequence<int, I...>) {
  constexpr int group = 2 * int(sizeof...(I));
  ((p[I] = combine(halves_of_groups<group, 0>(p[2 * I], p[2 * I + 1]),
                   halves_of_groups<group, 1>(p[2 * I], p[2 * I + 1]))),
   ...);
  if constexpr (group > 2) fold_groups(p, combine, std::make_integer_sequence<int, group / 4>{});
}

}  // namespace detail

/// fold(p, combine)[r] = reduce(p[r], combine), bit for bit, for N packs of N lanes; p is overwritten.
///
/// N - 1 steps of two shuffles and one combine, where N separate reductions take N log2(N) of each.
template <class T, int N, class Combine>
requires(N <= 16) DEEPSEEK_INLINE pack<T, N> fold(pack<T, N> (&p)[N], Combine const& combine) {
  if constexpr (N > 1) detail::fold_groups(p, combine, std::make_integer_sequence<int, N / 2>{});
  return p[0];
}

}  // namespace deepseek::arch
