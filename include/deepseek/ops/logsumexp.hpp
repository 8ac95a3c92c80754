// SPDX-License-Identifier: Apache-2.0
/// @file logsumexp along axes.
#pragma once
#include <limits>

#include <deepseek/expr/bind.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/sum.hpp>

namespace deepseek {

namespace rules {
/// finite_or_zero(a): 0 for an infinity, which as a shift would make inf - inf of itself.
struct finite_or_zero : expr::floating_rule {
  static constexpr char const* name = "finite_or_zero";
  static constexpr int flops = 2;
  DEEPSEEK_ANY_SIDE
  template <class P> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P operator()(P a) const {
    P const infinity(std::numeric_limits<lane_t<P>>::infinity());
    return arch::select(arch::abs(a) == infinity, P(lane_t<P>(0)), a);
  }
};
}  // namespace rules

namespace detail {
template <class Along, class V> struct logsumexp_shifted {
  V v;
  template <class M> constexpr auto operator()(M const& m) const {
    return log(sum(exp(v - m), Along{})) + m;
  }
};
template <class Along> struct logsumexp_of {
  template <class V> constexpr auto operator()(V const& v) const {
    return let(expr::make_map(rules::finite_or_zero{}, max(v, Along{})),
               logsumexp_shifted<Along, V>{v});
  }
};
}  // namespace detail

/// logsumexp(x, along): the logarithm of the sum of exponentials along axes, which keep extent 1.
///
///   y[..., 0, ...] = m + log(sum over i of exp(x[..., i, ...] - m)),   m = max over i of x[..., i, ...]
///
/// @shape   x's with extent 1 on the axes named; no axes means all
/// @dtype   x's, computed in f32 (f64 for f64); f32 for integers and bool
/// @edge    all elements -infinity, or none, give -infinity; an infinity gives infinity, NaN NaN
/// @error   at most 4 ulp (f32) of max(|y|, 1)
/// @cost    20 flops an element; one kernel, which reads x from memory once and from the cache again
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE]
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto logsumexp(X&& x, Along along = {}) {
  return expr::over_axes(static_cast<X&&>(x), along, [](auto const& node, auto axes) {
    return let(node, detail::logsumexp_of<decltype(axes)>{});
  });
}

}  // namespace deepseek
