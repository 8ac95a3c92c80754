// SPDX-License-Identifier: Apache-2.0
/// @file As many reductions at once as a pack has lanes.
#pragma once

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

/// Rows packs, one after the other; pairs are folded as soon as both are there.
template <int Rows, class Next, class Combine>
DEEPSEEK_INLINE auto fold_next(Next& next, Combine const& combine) {
  if constexpr (Rows == 1) {
    return next();
  } else {
    auto const a = fold_next<Rows / 2>(next, combine);
    auto const b = fold_next<Rows / 2>(next, combine);
    constexpr int group = 2 * std::remove_cvref_t<decltype(a)>::size / Rows;
    return combine(halves_of_groups<group, 0>(a, b), halves_of_groups<group, 1>(a, b));
  }
}

}  // namespace detail

/// fold<N>(next, combine)[r] = reduce(the r-th pack that next() gives, combine), bit for bit; the packs
/// have N lanes, and next is called N times.
///
/// N - 1 steps of two shuffles and one combine, where N separate reductions take N log2(N) of each.
template <int N, class Next, class Combine>
requires(N <= 16) DEEPSEEK_INLINE auto fold(Next next, Combine const& combine) {
  return detail::fold_next<N>(next, combine);
}

}  // namespace deepseek::arch
