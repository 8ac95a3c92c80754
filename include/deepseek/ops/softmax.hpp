// SPDX-License-Identifier: Apache-2.0
/// @file softmax and log_softmax along axes.
#pragma once
#include <deepseek/expr/bind.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/sum.hpp>

namespace deepseek {

namespace detail {
template <class Along> struct share_of_sum {
  template <class E> constexpr auto operator()(E const& e) const {
    return e * (1.f / sum(e, Along{}));
  }
};
template <class Along> struct softmax_of {
  template <class V> constexpr auto operator()(V const& v) const {
    return let(exp(v - max(v, Along{})), share_of_sum<Along>{});
  }
};
template <class Along> struct less_log_of_sum {
  template <class D> constexpr auto operator()(D const& d) const {
    return d - log(sum(exp(d), Along{}));
  }
};
template <class Along> struct log_softmax_of {
  template <class V> constexpr auto operator()(V const& v) const {
    return let(v - max(v, Along{}), less_log_of_sum<Along>{});
  }
};
}  // namespace detail

/// softmax(x, along): exponentials along an axis, or several, divided by their sum.
///
///   y[..., i] = exp(x[..., i] - m) / sum over j of exp(x[..., j] - m),   m = max over j of x[..., j]
///
/// It is no more than `let(exp(v - max(v, along)), [](auto e) { return e * (1.f / sum(e, along)); })` with
/// v standing for x: written out, it has the same bits and the same kernel.
///
/// @shape   x's; the last axis unless others are named
/// @dtype   x's, computed in f32 (f64 for f64), f16 and bf16 rounded once at the end; f32 for integers
/// @edge    NaN or +infinity in a row, or only -infinity: the row is NaN, as in PyTorch
/// @error   at most 5 ulp (f32) above that of the sum
/// @cost    20 flops an element; one kernel with what is under and over it: x is read from memory once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE]
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto softmax(X&& x, Along along = {}) {
  return expr::over_axes(static_cast<X&&>(x), along, [](auto const& node, auto axes) {
    return let(node, detail::softmax_of<decltype(axes)>{});
  });
}

/// log_softmax(x, along): the logarithm of softmax(x, along), accurate where that is near 0 or 1.
///
///   y[..., i] = x[..., i] - m - log(sum over j of exp(x[..., j] - m)),   m = max over j of x[..., j]
///
/// @shape   x's; the last axis unless others are named
/// @dtype   as softmax                          @edge as softmax
/// @error   at most 4 ulp (f32) of max(|y|, 1)
/// @cost    20 flops an element; one kernel with what is under and over it: x is read from memory once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE]
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto log_softmax(X&& x, Along along = {}) {
  return expr::over_axes(static_cast<X&&>(x), along, [](auto const& node, auto axes) {
    return let(node, detail::log_softmax_of<decltype(axes)>{});
  });
}

}  // namespace deepseek
