// SPDX-License-Identifier: Apache-2.0
/// @file layer_norm: rows with mean 0 and variance 1, scaled and shifted.
#pragma once
#include <deepseek/ops/moments.hpp>

namespace deepseek {

namespace rules {
/// inverse_deviation(s2, s1): 1 / sqrt(variance(s2, s1) + epsilon).
struct inverse_deviation : expr::floating_rule {
  static constexpr char const* name = "inverse_deviation";
  static constexpr int flops = 20;
  variance of;
  double epsilon;
  constexpr inverse_deviation(std::int64_t n, double e) : of{n, 0}, epsilon{e} {}
  DEEPSEEK_ANY_SIDE
  template <class P> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P operator()(P s2, P s1) const {
    return arch::rsqrt(of(s2, s1) + P(static_cast<lane_t<P>>(epsilon)));
  }
};
}  // namespace rules

namespace detail {
template <class Along> struct normalized_differences {
  rules::inverse_deviation rule;
  template <class D> constexpr auto operator()(D const& d) const {
    // mean(d) is what the rounding of the first mean left over.
    return (d - mean(d, Along{})) *
           expr::make_map(rule, sum(square_of(d), Along{}), sum(d, Along{}));
  }
};
template <class Along> struct layer_norm_of {
  double epsilon;
  template <class V> constexpr auto operator()(V const& v) const {
    rules::inverse_deviation const rule{expr::reduced_count(v, Along{}), epsilon};
    return let(v - mean(v, Along{}), normalized_differences<Along>{rule});
  }
};
}  // namespace detail

/// layer_norm(x, gain, bias): each row less its mean, over its deviation, times gain, plus bias.
///
///   y[..., i] = (x[..., i] - m) / sqrt(v + epsilon) * gain[i] + bias[i],
///   m = mean(x, last),  v = var(x, last, 0)
///
/// `layer_norm(x)`, `layer_norm(x, last, 1e-5f)`, `layer_norm(x, gain, bias, 1e-5f, last)`: without
/// gain and bias nothing is scaled; epsilon and axes may be left out and stand in either order.
///
/// @shape   x: [..., n] -> [..., n]; gain and bias broadcast, [n] for the last axis
/// @dtype   the common one, computed in f32 (f64 for f64) and rounded once at the end
/// @edge    a row of equal elements gives bias; an infinity or NaN in a row makes it NaN
/// @error   elements of 10000 + u, u in [0, 1], are right to 1e-3: the rounding of m is taken back
/// @cost    9 flops an element; one kernel with what is under and over it: x is read from memory once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE], [DS-BROADCAST-STATIC]
/// @paper   Ba, Kiros & Hinton 2016, arXiv:1607.06450
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto layer_norm(X&& x, Along along = {}, double epsilon = 1e-5) {
  return expr::over_axes(static_cast<X&&>(x), along, [&](auto const& node, auto axes) {
    return let(node, detail::layer_norm_of<decltype(axes)>{epsilon});
  });
}
template <operand X, std::floating_point Epsilon, expr::axes_argument Along = axes_t<-1>>
constexpr auto layer_norm(X&& x, Epsilon epsilon, Along along = {}) {
  return layer_norm(static_cast<X&&>(x), along, static_cast<double>(epsilon));
}
template <operand X, operand Gain, operand Bias, expr::axes_argument Along = axes_t<-1>>
constexpr auto layer_norm(X&& x, Gain&& gain, Bias&& bias, Along along = {},
                          double epsilon = 1e-5) {
  return layer_norm(static_cast<X&&>(x), along, epsilon) * static_cast<Gain&&>(gain) +
         static_cast<Bias&&>(bias);
}
template <operand X, operand Gain, operand Bias, std::floating_point Epsilon,
          expr::axes_argument Along = axes_t<-1>>
constexpr auto layer_norm(X&& x, Gain&& gain, Bias&& bias, Epsilon epsilon, Along along = {}) {
  return layer_norm(static_cast<X&&>(x), along, static_cast<double>(epsilon)) *
             static_cast<Gain&&>(gain) +
         static_cast<Bias&&>(bias);
}

}  // namespace deepseek
