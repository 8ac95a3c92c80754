// SPDX-License-Identifier: Apache-2.0
/// @file squeeze and unsqueeze: axes of extent 1 go and come.
#pragma once
#include <deepseek/ops/detail/view_verb.hpp>

namespace deepseek {

namespace why {
template <bool Holds, class... Facts> struct squeezed_extents_are_one {
  static_assert(
      Holds,
      "[DS-SQUEEZE-STATIC] squeeze<axes...>(x): an axis has an extent other than 1; the "
      "extents of the axes are in extents_of<operand, extents...>. Fix: at(x, axes<a>, i).");
};
template <bool Holds, class... Facts> struct unsqueezed_axis_of_result {
  static_assert(Holds,
                "[DS-UNSQUEEZE-AXIS] unsqueeze<axis>(x): the axis is outside the result, or the "
                "result has more than 8 axes; see rank_of<operand, rank> and axis_is<axis>. Fix: "
                "-rank - 1 <= axis <= rank.");
};
}  // namespace why

namespace detail {
template <class D, int... A> struct squeezed_pattern {
  static constexpr unsigned gone = axes_mask<D::rank, A...>;
  static constexpr int rank = D::rank - int(sizeof...(A));
  static constexpr int follows(int axis) {
    if ((gone >> axis) & 1u) return -1;
    return axis - bit_count(gone & ((1u << axis) - 1u));
  }
  static constexpr std::int64_t extent(int k) {
    int axis = 0;
    while (follows(axis) != k) ++axis;
    return D::static_extent(axis);
  }
};
template <class D, int Axis> struct unsqueezed_pattern {
  static constexpr int follows(int axis) { return axis < Axis ? axis : axis + 1; }
  static constexpr std::int64_t extent(int k) {
    return k == Axis ? 1 : D::static_extent(k < Axis ? k : k - 1);
  }
};
template <class D> [[noreturn]] DEEPSEEK_NOINLINE void fail_squeeze(int axis, D const& d) {
  throw shape_error(text{} << "[DS-SQUEEZE-EXTENT] squeeze: axis " << axis << " of " << d
                           << " has extent " << d[axis]
                           << ", not 1. Fix: at(x, axes<a>, i) or reshape.");
}

/// A view whose axes only come or go: row-major memory stays row-major.
template <class Map, class X, class Dims>
constexpr auto renumbered_view(X&& x, Dims const& extents, progression const* axes) {
  if constexpr (row_major_memory<X>) return same_elements(static_cast<X&&>(x), extents);
  else return moved_view<Map, false>(static_cast<X&&>(x), extents, axes);
}
}  // namespace detail

/// squeeze<A...>(x): x without its axes A, whose extents are 1.
///
///   squeeze<1>(sum(x, axes<1>)) is NumPy's x.sum(1)
///
/// @shape   x: [..., 1, ...] -> [..., ...]; static extents stay so       @dtype any, unchanged
/// @cost    moves nothing; fuses. Of a tensor or a view it is a view, which can be assigned to
/// @life    views an lvalue tensor, owns an rvalue one
/// @fails   [DS-AXES-RANGE], [DS-SQUEEZE-STATIC] static · shape_error [DS-SQUEEZE-EXTENT]
template <int... A, operand X> constexpr auto squeeze(X&& x) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    if constexpr (!axes_conformable<D::rank, A...>) {
      return detail::wrong_axes<D::rank, A...>();
    } else {
      constexpr bool one = ((D::static_extent(detail::counted_axis(A, D::rank)) == 1 ||
                             D::static_extent(detail::counted_axis(A, D::rank)) == dyn) &&
                            ...);
      (void)sizeof(
          why::squeezed_extents_are_one<
              one,
              why::extents_of<why::first, D::static_extent(detail::counted_axis(A, D::rank))...>>);
      if constexpr (!one) {
        return why::invalid{};
      } else {
        using Pattern = detail::squeezed_pattern<D, A...>;
        D const& d = x.extents();
        expr::progression axis[max_rank];
        std::int64_t extent[max_rank] = {};
        for (int a = 0; a < D::rank; ++a) {
          if (Pattern::follows(a) >= 0) extent[Pattern::follows(a)] = d[a];
          else if (d[a] != 1) detail::fail_squeeze(a, d);
          else axis[a] = {0, 0};
        }
        using Dims = detail::pattern_dims<Pattern, Pattern::rank>;
        return detail::renumbered_view<detail::pattern_map<Pattern, D::rank>>(
            static_cast<X&&>(x), Dims::from_array(extent), axis);
      }
    }
  }
}

/// unsqueeze<A>(x): x with an axis of extent 1, which is axis A of the result.
///
/// @shape   x: [..., ...] -> [..., 1, ...]; rank <= 7; -rank - 1 <= A <= rank     @dtype any, unchanged
/// @cost    as squeeze                   @life as squeeze
/// @fails   [DS-UNSQUEEZE-AXIS] static
template <int A, operand X> constexpr auto unsqueeze(X&& x) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    constexpr int rank = D::rank + 1;
    constexpr bool holds = rank <= max_rank && A >= -rank && A < rank;
    (void)sizeof(
        why::unsqueezed_axis_of_result<holds, why::rank_of<why::first, D::rank>, why::axis_is<A>>);
    if constexpr (!holds) {
      return why::invalid{};
    } else {
      constexpr int place = detail::counted_axis(A, rank);
      using Pattern = detail::unsqueezed_pattern<D, place>;
      expr::progression axis[max_rank];
      std::int64_t extent[max_rank] = {};
      extent[place] = 1;
      for (int a = 0; a < D::rank; ++a) extent[Pattern::follows(a)] = x.extents()[a];
      return detail::renumbered_view<detail::pattern_map<Pattern, D::rank>>(
          static_cast<X&&>(x), detail::pattern_dims<Pattern, rank>::from_array(extent), axis);
    }
  }
}

}  // namespace deepseek
