// SPDX-License-Identifier: Apache-2.0
/// @file sort and argsort: elements along an axis in order, and the places they were at.
#pragma once
#include <deepseek/ops/call_rules.hpp>
#include <deepseek/ops/top_k.hpp>  // along_one_axis

namespace deepseek {

/// sort_order: which end comes first. Both are stable: of equals the lower place comes first.
enum class sort_order : unsigned char { ascending, descending };

namespace detail {
template <rules::sorted Wanted, class X, class Along>
constexpr auto make_sort(X&& x, sort_order order, Along along) {
  return along_one_axis(static_cast<X&&>(x), along, [order](auto const& node, auto axis) {
    return expr::call(rules::sort<decltype(axis)::value, Wanted>{order == sort_order::descending},
                      node);
  });
}
}  // namespace detail

/// sort(x, order, along): the elements along an axis in order; NumPy's sort.
///
///   y[..., 0] <= y[..., 1] <= …,   y a permutation of x along the axis
///
///   (y = sort(x)).run(host{});
///   (y = sort(x, sort_order::descending, axes<0>)).run(host{});
///
/// @shape   x's; the last axis unless another is named       @dtype x's, any
/// @edge    stable; NaN is larger than any number; -0 equals +0
/// @layout  any strides
/// @cost    a kernel of its own: 1 to 6 passes over keys and places, by the bytes of the dtype. On a GPU rows
///          of up to 2048 in a block, longer ones by three kernels for each byte, or with
///          exec/cuda_sort.cuh by CUB
/// @fails   [DS-CALL-AXIS], [DS-AXES-RANGE], [DS-AXES-VALUE] static · when run, shape_error [DS-SORT-LENGTH]
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto sort(X&& x, sort_order order = sort_order::ascending, Along along = {}) {
  auto const call = detail::make_sort<rules::sorted::values>(static_cast<X&&>(x), order, along);
  if constexpr (!valid<decltype(call)>) return why::invalid{};
  else return get<0>(call);
}

/// argsort(x, order, along): the places of the elements in the order of sort.
///
///   sort(x)[..., i] = x[..., argsort(x)[..., i]]
///
/// @shape   x's        @dtype int64      @edge as sort      @cost as sort      @fails as sort
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto argsort(X&& x, sort_order order = sort_order::ascending, Along along = {}) {
  auto const call = detail::make_sort<rules::sorted::places>(static_cast<X&&>(x), order, along);
  if constexpr (!valid<decltype(call)>) return why::invalid{};
  else return get<0>(call);
}

/// sort_with_places(x, order, along): both, by one run; PyTorch's sort.
///
///   (tie(values, places) = sort_with_places(x)).run(host{});
///
/// @shape   two of x's  @dtype x's and int64 @edge as sort      @cost as sort      @fails as sort
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto sort_with_places(X&& x, sort_order order = sort_order::ascending, Along along = {}) {
  return detail::make_sort<rules::sorted::both>(static_cast<X&&>(x), order, along);
}

}  // namespace deepseek
