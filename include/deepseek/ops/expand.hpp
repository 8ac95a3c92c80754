// SPDX-License-Identifier: Apache-2.0
/// @file expand: repeats axes of extent 1, and adds axes in front, without moving an element.
#pragma once
#include <deepseek/ops/detail/view_verb.hpp>
#include <deepseek/expr/map.hpp>  // why::extents_fact

namespace deepseek {

namespace detail {
template <class D, class To> constexpr bool expands_statically() {
  for (int axis = 0; axis < D::rank; ++axis) {
    std::int64_t const from = D::static_extent(axis);
    std::int64_t const to = To::static_extent(axis + To::rank - D::rank);
    if (from != 1 && from != dyn && to != dyn && from != to) return false;
  }
  return true;
}
}  // namespace detail

/// expand_conformable<D, To>: the law of expand, as far as types know.
template <class D, class To>
concept expand_conformable = D::rank <= To::rank&& detail::expands_statically<D, To>();

namespace why {
template <bool Holds, class... Facts> struct expand_extents {
  static_assert(
      Holds,
      "[DS-EXPAND-STATIC] expand(x, dims): an extent of x is neither 1 nor that of dims, or "
      "dims has fewer axes; see extents_of<first, x...>, extents_of<second, dims...>. Fix: "
      "unsqueeze or slice x.");
};
template <class D> struct dims_holder { using dims_type = D; };
}  // namespace why

namespace detail {
template <class D, class To> struct expanded_pattern {
  static constexpr std::int64_t extent(int k) { return To::static_extent(k); }
  static constexpr int follows(int axis) { return axis + To::rank - D::rank; }
};
template <class D, class To>
[[noreturn]] DEEPSEEK_NOINLINE void fail_expand(D const& d, To const& to) {
  throw shape_error(text{} << "[DS-EXPAND-EXTENTS] expand(x, dims): x is " << d << " and dims is "
                           << to << "; an extent of x must be 1 or that of dims. Fix: unsqueeze or "
                           << "slice x.");
}
}  // namespace detail

/// expand(x, dims<...>{...}): x with the extents of dims, to which it must broadcast.
///
///   y[..., i, ...] = x[..., i, ...], or x[..., 0, ...] on an axis of extent 1
///
/// @shape   x: any that broadcasts to dims -> dims; axes align at the last one
/// @dtype   any, unchanged               @layout any strides
/// @cost    moves nothing; fuses. Of a tensor or a view it is a view, whose repeated elements cannot
///          be assigned to ([DS-ASSIGN-OVERLAP])
/// @life    views an lvalue tensor, owns an rvalue one
/// @fails   [DS-EXPAND-STATIC] static · shape_error [DS-EXPAND-EXTENTS]
template <operand X, extents_type To> constexpr auto expand(X&& x, To const& extents) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    if constexpr (!expand_conformable<D, To>) {
      (void)sizeof(why::expand_extents<expand_conformable<D, To>,
                                       why::extents_fact<why::first, why::dims_holder<D>>,
                                       why::extents_fact<why::second, why::dims_holder<To>>>);
      return why::invalid{};
    } else {
      D const& d = x.extents();
      expr::progression axis[max_rank];
      for (int a = 0; a < D::rank; ++a) {
        if (d[a] == 1) axis[a] = {0, 0};
        else if (d[a] != extents[a + To::rank - D::rank]) detail::fail_expand(d, extents);
      }
      using Pattern = detail::expanded_pattern<D, To>;
      return detail::moved_view<detail::pattern_map<Pattern, D::rank>, false>(static_cast<X&&>(x),
                                                                              extents, axis);
    }
  }
}

}  // namespace deepseek
