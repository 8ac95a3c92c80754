// SPDX-License-Identifier: Apache-2.0
/// @file Reductions over named axes, which keep their axis; and scans along one.
#pragma once
#include <concepts>

#include <deepseek/expr/leaf.hpp>
#include <deepseek/shape/axes.hpp>

namespace deepseek {
namespace expr {

namespace detail {
template <class Sequence, class D, unsigned Mask> struct reduced_dims_of;
template <int... I, class D, unsigned Mask>
struct reduced_dims_of<std::integer_sequence<int, I...>, D, Mask> {
  using type = dims<((Mask >> I) & 1u ? 1 : D::static_extent(I))...>;
};
}  // namespace detail

/// reduced_dims_t<D, Mask>: D with extent 1 on every axis in Mask.
template <class D, unsigned Mask>
using reduced_dims_t =
    typename detail::reduced_dims_of<std::make_integer_sequence<int, D::rank>, D, Mask>::type;

/// reduced_dims<Mask>(d): the same for the extents.
template <unsigned Mask, class D> constexpr reduced_dims_t<D, Mask> reduced_dims(D const& d) {
  std::int64_t extent[max_rank] = {};
  for (int axis = 0; axis < D::rank; ++axis) extent[axis] = (Mask >> axis) & 1u ? 1 : d[axis];
  return reduced_dims_t<D, Mask>::from_array(extent);
}

/// reduce_node<Rule, Mask, Operand>: combines the elements along the axes of Mask; they keep extent 1,
/// so that the result broadcasts against the operand.
///
/// A Rule has `value<V>` (dtype of the result), `operand<V>` (type it accumulates in), `identity`,
/// `combine`, `across` (lanes of a pack to one value); see ops/reduce_rules.hpp.
template <class Rule, unsigned Mask, class Operand>
struct reduce_node : node<typename Rule::template value<typename Operand::value_type>,
                          reduced_dims_t<typename Operand::dims_type, Mask>, Operand> {
  using rule_type = Rule;
  static constexpr unsigned axes_mask = Mask;
  constexpr explicit reduce_node(Operand const& operand)
      : reduce_node::node{reduced_dims<Mask>(operand.extents()), operand} {}
};

/// picks_index<Rule>: a Rule with `pick` (argmax, argmin) sees the number of each element.
template <class Rule>
concept picks_index = requires {
  Rule::pick;
};

/// scan_node<Rule, Axis, Operand>: y[i] = combine(y[i-1], x[i]) along Axis, in order.
template <class Rule, int Axis, class Operand>
struct scan_node : node<typename Rule::template value<typename Operand::value_type>,
                        typename Operand::dims_type, Operand> {
  using rule_type = Rule;
  static constexpr int axis = Axis;
  constexpr explicit scan_node(Operand const& operand)
      : scan_node::node{operand.extents(), operand} {}
};

namespace detail {
template <class E> inline constexpr bool is_reduce = false;
template <class Rule, unsigned Mask, class Operand>
inline constexpr bool is_reduce<reduce_node<Rule, Mask, Operand>> = true;
template <class E> inline constexpr bool is_scan = false;
template <class Rule, int Axis, class Operand>
inline constexpr bool is_scan<scan_node<Rule, Axis, Operand>> = true;

template <class Along> inline constexpr bool is_axes = false;
template <int... A> inline constexpr bool is_axes<axes_t<A...>> = true;

template <int Rank, int... A> constexpr bool conform(axes_t<A...>) {
  return axes_conformable<Rank, A...>;
}
template <int Rank, int... A> constexpr int lowest_axis(axes_t<A...>) {
  return deepseek::detail::lowest_bit(axes_mask<Rank, A...>);
}
}  // namespace detail

}  // namespace expr

namespace why {
template <bool Holds, class... Facts> struct axes_of_operand {
  static_assert(
      Holds,
      "[DS-AXES-RANGE] an axis is outside the operand's rank, or named twice; rank and axes "
      "are in rank_of<operand, rank> and axes_t<axis...>. Fix: -rank <= axis < rank, each once.");
};
template <bool Holds, class... Facts> struct axis_in_the_type {
  static_assert(
      Holds,
      "[DS-AXES-VALUE] an axis must be known when compiling: it decides what is one kernel. "
      "Fix: write axes<-1> or last instead of a number.");
};
template <bool Holds, class... Facts> struct scan_axis {
  static_assert(Holds,
                "[DS-SCAN-AXIS] a running sum goes along one axis; those named are in "
                "axes_t<axis...>. Fix: name one.");
};
}  // namespace why

namespace expr {

/// axes_argument: what a verb takes for its axes: axes<A...> or last. A number is let in only so that
/// the verb's one error can say what to write instead.
template <class Along>
concept axes_argument = detail::is_axes<Along> || std::integral<Along>;

/// over_axes(x, along, f): f(node, along) if `along` names axes of x; else one error.
template <class X, axes_argument Along, class F> constexpr auto over_axes(X&& x, Along along, F f) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else if constexpr (std::integral<Along>) {
    (void)sizeof(why::axis_in_the_type<!std::integral<Along>, why::type_is<Along>>);
    return why::invalid{};
  } else {
    constexpr int rank = std::remove_cvref_t<X>::rank;
    constexpr bool holds = detail::conform<rank>(Along{});
    if constexpr (holds) {
      return f(as_expression(static_cast<X&&>(x)), along);
    } else {
      (void)sizeof(why::axes_of_operand<holds, why::rank_of<why::first, rank>, Along>);
      return why::invalid{};
    }
  }
}

/// mask_of<Rank>(axes<A...>): the axes as bits; no axes means all.
template <int Rank, int... A> constexpr unsigned mask_of(axes_t<A...>) {
  return sizeof...(A) == 0 ? all_axes_mask<Rank> : axes_mask<Rank, A...>;
}

/// reduced_count(x, axes<A...>): how many elements of x one result is made of.
template <class Node, int... A>
constexpr std::int64_t reduced_count(Node const& node, axes_t<A...> along) {
  std::int64_t count = 1;
  for (int axis = 0; axis < Node::rank; ++axis)
    if ((mask_of<Node::rank>(along) >> axis) & 1u) count *= node.extents()[axis];
  return count;
}

/// reduce<Rule>(x, along): the reduction over axes<A...>; no axes means all.
template <class Rule, class X, axes_argument Along> constexpr auto reduce(X&& x, Along along) {
  return over_axes(static_cast<X&&>(x), along, [](auto node, auto axes) {
    using Operand = decltype(node);
    return reduce_node<Rule, mask_of<Operand::rank>(axes), Operand>{node};
  });
}

/// scan<Rule>(x, axes<A>): the scan along one axis.
template <class Rule, class X, axes_argument Along> constexpr auto scan(X&& x, Along along) {
  return over_axes(static_cast<X&&>(x), along, [](auto node, auto axes) {
    using Operand = decltype(node);
    constexpr bool one = decltype(axes)::count == 1;
    if constexpr (one) {
      constexpr int axis = detail::lowest_axis<Operand::rank>(axes);
      return scan_node<Rule, axis, Operand>{node};
    } else {
      (void)sizeof(why::scan_axis<one, decltype(axes)>);
      return why::invalid{};
    }
  });
}

}  // namespace expr
}  // namespace deepseek
