// SPDX-License-Identifier: Apache-2.0
/// @file slice, at and flip: a part of each axis, one index of an axis, an axis from its end.
#pragma once
#include <concepts>

#include <deepseek/ops/detail/slice_plan.hpp>

namespace deepseek {

namespace why {
template <bool Holds, class... Facts> struct slice_parts_of_operand {
  static_assert(Holds,
                "[DS-SLICE-RANK] slice(x, part...): more parts than x has axes; the counts are in "
                "rank_of<first, rank of x> and rank_of<second, parts>. Fix: one part per axis.");
};
}  // namespace why

/// slice(x, part...): the part of x that NumPy's x[part, ...] is; axes without a part stay whole.
///
///   slice(x, range{2, 10}, every, range{.step = -1}) is x[2:10, :, ::-1]
///   slice(x, 3, range{0, 5}) is x[3, 0:5], whose first axis is gone
///   slice(x, axes<1>, range{2, 10}) is x[:, 2:10]
///   y[i...] = x[start + step * i, ...]
///
/// @shape   x: rank >= the number of parts; an integer removes its axis, a range bounds it; a part is
///          `range`, `static_range<start, stop, step>`, `every` or an integer; static extents stay so
///          under `every`, and under a `static_range` of an axis with a static extent
/// @dtype   any, unchanged               @layout any strides
/// @edge    as NumPy: negative bounds count from the end, bounds outside are clamped
/// @cost    moves nothing; fuses. Of a tensor or a view it is a view, which can be assigned to
/// @life    views an lvalue tensor, owns an rvalue one
/// @fails   [DS-SLICE-RANK], [DS-AXES-RANGE] static · shape_error [DS-SLICE-INDEX] an integer outside
///          the axis, [DS-SLICE-STEP] step 0
template <operand X, slice_part... Part> constexpr auto slice(X&& x, Part const&... part) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    constexpr bool fits = sizeof...(Part) <= D::rank;
    if constexpr (!fits) {
      (void)sizeof(why::slice_parts_of_operand<fits, why::rank_of<why::first, D::rank>,
                                               why::rank_of<why::second, int(sizeof...(Part))>>);
      return why::invalid{};
    } else {
      return [&]<int... I>(std::integer_sequence<int, I...>) {
        return detail::sliced<axes_t<I...>>(static_cast<X&&>(x), part...);
      }
      (std::make_integer_sequence<int, sizeof...(Part)>{});
    }
  }
}
template <operand X, int... A, slice_part... Part>
requires(sizeof...(A) == sizeof...(Part)) constexpr auto slice(X&& x, axes_t<A...>,
                                                               Part const&... part) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    constexpr int rank = detail::shape_of<X>::rank;
    if constexpr (!axes_conformable<rank, A...>) return detail::wrong_axes<rank, A...>();
    else
      return detail::sliced<axes_t<detail::counted_axis(A, rank)...>>(static_cast<X&&>(x), part...);
  }
}

/// at(x, axes<a>, i): index i of axis a, which is gone.
///
///   y[...] = x[..., i, ...]
///
/// @shape   x: [..., n, ...] -> [..., ...]; -n <= i < n      @dtype any, unchanged
/// @cost    as slice                                         @life as slice
/// @fails   [DS-AXES-RANGE] static · shape_error [DS-SLICE-INDEX] i outside the axis
template <operand X, int A> constexpr auto at(X&& x, axes_t<A> axis, std::int64_t i) {
  return slice(static_cast<X&&>(x), axis, i);
}

/// flip(x, axes<A...>): the axes from their last index to their first; no axes means all.
///
///   y[..., i, ...] = x[..., n - 1 - i, ...]
///
/// @shape   x's, static extents too      @dtype any, unchanged
/// @cost    as slice                     @life as slice
/// @fails   [DS-AXES-RANGE] static
template <operand X, int... A> constexpr auto flip(X&& x, axes_t<A...> axis) {
  if constexpr (sizeof...(A) > 0) {
    return slice(static_cast<X&&>(x), axis, (void(A), static_range<omitted, omitted, -1>)...);
  } else if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    return [&]<int... I>(std::integer_sequence<int, I...>) {
      return slice(static_cast<X&&>(x), (void(I), static_range<omitted, omitted, -1>)...);
    }
    (std::make_integer_sequence<int, detail::shape_of<X>::rank>{});
  }
}
template <operand X> constexpr auto flip(X&& x) { return flip(static_cast<X&&>(x), axes<>); }

}  // namespace deepseek
