// SPDX-License-Identifier: Apache-2.0
/// @file Reductions over named axes, which keep their axis; and scans along one.
#pragma once
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
}  // namespace detail

}  // namespace expr

namespace why {
template <bool Holds, class... Facts> struct axes_of_operand {
  static_assert(
      Holds,
      "[DS-AXES-RANGE] an axis is outside the operand's rank, or named twice; rank and axes "
      "are in rank_of<operand, rank> and axis_is<axis>. Fix: -rank <= axis < rank, each once.");
};
template <bool Holds, class... Facts> struct axis_in_the_type {
  static_assert(
      Holds,
      "[DS-AXES-VALUE] an axis must be known when compiling: it decides what is one kernel. "
      "Fix: write axes<-1> or last instead of a number.");
};
}  // namespace why

namespace expr {

/// with_axes<A...>(x, f): f(node) if the axes are the operand's, else one error.
template <int... A, class X, class F> constexpr auto with_axes(X&& x, F f) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    constexpr int rank = std::remove_cvref_t<X>::rank;
    if constexpr (axes_conformable<rank, A...>) {
      return f(as_expression(static_cast<X&&>(x)));
    } else {
      (void)sizeof(why::axes_of_operand<axes_conformable<rank, A...>,
                                        why::rank_of<why::first, rank>, why::axis_is<A>...>);
      return why::invalid{};
    }
  }
}

/// reduce<Rule>(x, axes<A...>): the reduction; no axes means all.
template <class Rule, class X, int... A> constexpr auto reduce(X&& x, axes_t<A...>) {
  return with_axes<A...>(static_cast<X&&>(x), [](auto node) {
    using Operand = decltype(node);
    constexpr unsigned mask =
        sizeof...(A) == 0 ? all_axes_mask<Operand::rank> : axes_mask<Operand::rank, A...>;
    return reduce_node<Rule, mask, Operand>{node};
  });
}

/// scan<Rule>(x, axes<A>): the scan along one axis.
template <class Rule, class X, int A> constexpr auto scan(X&& x, axes_t<A>) {
  return with_axes<A>(static_cast<X&&>(x), [](auto node) {
    using Operand = decltype(node);
    return scan_node<Rule, (A < 0 ? A + Operand::rank : A), Operand>{node};
  });
}

}  // namespace expr
}  // namespace deepseek
