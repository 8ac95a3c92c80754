// SPDX-License-Identifier: Apache-2.0
/// @file top_k: the k largest or smallest elements of each row, with their places.
#pragma once
#include <cstdint>

#include <deepseek/base/error.hpp>
#include <deepseek/expr/reduce.hpp>  // over_axes
#include <deepseek/ops/call_rules.hpp>

namespace deepseek {

/// top_k_options: which end of the order is wanted, and in which order what is found comes: the first one
/// first, or by place.
struct top_k_options {
  bool largest = true;
  bool sorted = true;
};

/// top_k_fits<D, Axis, K>: the law of top_k, as far as types know: no row is shorter than k.
template <class D, int Axis, std::int64_t K>
concept top_k_fits = K == dyn || D::static_extent(Axis) == dyn || K <= D::static_extent(Axis);

namespace why {
template <bool Holds, class... Facts> struct top_k_count {
  static_assert(
      Holds,
      "[DS-TOP-K-STATIC] top_k<k>(x[..., n]): a row has less than k elements; the values are "
      "in extent_of<first, n> and extent_of<second, k>. Fix: k <= n.");
};
template <bool Holds, class... Facts> struct one_axis {
  static_assert(Holds,
                "[DS-CALL-AXIS] top_k, sort, argsort go along one axis; those named are in "
                "axes_t<axis...>. Fix: name one.");
};
}  // namespace why

namespace detail {

template <class D>
[[noreturn]] DEEPSEEK_NOINLINE void fail_top_k(D const& d, int axis, std::int64_t k) {
  throw shape_error(text{} << "[DS-TOP-K-COUNT] top_k(x, k): x is " << d << ", its rows have "
                           << d[axis] << " elements and k is " << k
                           << ". Fix: 0 <= k <= " << d[axis] << ".");
}

/// along_one_axis(x, along, f): f(node, axis) if `along` names one axis of x; else one error.
template <class X, class Along, class F>
constexpr auto along_one_axis(X&& x, Along along, F const& f) {
  return expr::over_axes(static_cast<X&&>(x), along, [&f](auto node, auto axes) {
    using Node = decltype(node);
    constexpr bool one = decltype(axes)::count == 1;
    if constexpr (one) {
      constexpr int axis = expr::detail::lowest_axis<Node::rank>(axes);
      return f(node, std::integral_constant<int, axis>{});
    } else {
      (void)sizeof(why::one_axis<one, decltype(axes)>);
      return why::invalid{};
    }
  });
}

template <std::int64_t K, class X, class Along>
constexpr auto make_top_k(X&& x, std::int64_t k, top_k_options options, Along along) {
  return along_one_axis(static_cast<X&&>(x), along, [=](auto const& node, auto axis) {
    using D = typename std::remove_cvref_t<decltype(node)>::dims_type;
    constexpr int a = decltype(axis)::value;
    constexpr bool fits = top_k_fits<D, a, K>;
    if constexpr (!fits) {
      (void)sizeof(why::top_k_count<fits, why::extent_of<why::first, D::static_extent(a)>,
                                    why::extent_of<why::second, K>>);
      return why::invalid{};
    } else {
      if (k < 0 || k > node.extents()[a]) fail_top_k(node.extents(), a, k);
      return expr::call(rules::top_k<a, K>{k, options.largest, options.sorted}, node);
    }
  });
}

}  // namespace detail

/// top_k(x, k, options, along): the k largest elements along an axis, and their places; PyTorch's topk.
///
///   values[..., i] = x[..., places[..., i]],   values[..., 0] >= values[..., 1] >= …
///
///   (tie(values, places) = top_k(scores, 8)).run(host{});
///   auto const [values, places] = top_k(scores, 8, {.largest = false});
///
/// @shape   x: [..., n] -> two of [..., k]; the last axis unless another is named; top_k<8>(x) has a static k
/// @dtype   values: x's, any; places: int64, as take and gather are given them
/// @edge    NaN is larger than any number, -0 equals +0; of equals the lowest place comes first
/// @layout  any strides; a row whose elements lie one after the other is read as it is
/// @cost    one read of x; a kernel of its own, for both results. x that is no tensor is evaluated first.
///          On a GPU k > 2048 sorts the rows
/// @fails   [DS-TOP-K-STATIC], [DS-CALL-AXIS], [DS-AXES-RANGE], [DS-AXES-VALUE] static · shape_error
///          [DS-TOP-K-COUNT] now; on a GPU [DS-SORT-LENGTH] when run, where it sorts
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto top_k(X&& x, std::int64_t k, top_k_options options = {}, Along along = {}) {
  return detail::make_top_k<dyn>(static_cast<X&&>(x), k, options, along);
}
template <std::int64_t K, operand X, expr::axes_argument Along = axes_t<-1>>
requires(K >= 0) constexpr auto top_k(X&& x, top_k_options options = {}, Along along = {}) {
  return detail::make_top_k<K>(static_cast<X&&>(x), K, options, along);
}

}  // namespace deepseek
