// SPDX-License-Identifier: Apache-2.0
/// @file rms_norm: rows over the root of their mean square, scaled.
#pragma once
#include <deepseek/ops/moments.hpp>

namespace deepseek {

namespace rules {
/// inverse_rms(s2): 1 / sqrt(s2 / n + epsilon), s2 being the sum of n squares.
struct inverse_rms : expr::floating_rule {
  static constexpr char const* name = "inverse_rms";
  static constexpr int flops = 13;
  double count;
  double epsilon;
  constexpr inverse_rms(std::int64_t n, double e) : count{static_cast<double>(n)}, epsilon{e} {}
  DEEPSEEK_ANY_SIDE
  template <class P> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P operator()(P s2) const {
    using Number = lane_t<P>;
    return arch::rsqrt(s2 / P(static_cast<Number>(count)) + P(static_cast<Number>(epsilon)));
  }
};
}  // namespace rules

namespace detail {
template <class Along> struct rms_norm_of {
  double epsilon;
  template <class V> constexpr auto operator()(V const& v) const {
    rules::inverse_rms const rule{expr::reduced_count(v, Along{}), epsilon};
    return v * expr::make_map(rule, sum(square_of(v), Along{}));
  }
};
}  // namespace detail

/// rms_norm(x, gain): each row over the root of its mean square, times gain.
///
///   y[..., i] = x[..., i] / sqrt(sum over j of x[..., j]^2 / n + epsilon) * gain[i]
///
/// `rms_norm(x)`, `rms_norm(x, last, 1e-6f)`, `rms_norm(x, gain, 1e-6f, last)`: without gain nothing is
/// scaled; epsilon and axes may be left out and stand in either order.
///
/// @shape   x: [..., n] -> [..., n]; gain broadcasts, [n] for the last axis
/// @dtype   the common one, computed in f32 (f64 for f64) and rounded once at the end
/// @edge    a row of zeros gives zeros; an infinity in a row gives 0 and for itself NaN; NaN gives NaN
/// @cost    4 flops an element; one kernel with what is under and over it: x is read from memory once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE], [DS-BROADCAST-STATIC]
/// @paper   Zhang & Sennrich 2019, arXiv:1910.07467
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto rms_norm(X&& x, Along along = {}, double epsilon = 1e-6) {
  return expr::over_axes(static_cast<X&&>(x), along, [&](auto const& node, auto axes) {
    return let(node, detail::rms_norm_of<decltype(axes)>{epsilon});
  });
}
template <operand X, std::floating_point Epsilon, expr::axes_argument Along = axes_t<-1>>
constexpr auto rms_norm(X&& x, Epsilon epsilon, Along along = {}) {
  return rms_norm(static_cast<X&&>(x), along, static_cast<double>(epsilon));
}
template <operand X, operand Gain, expr::axes_argument Along = axes_t<-1>>
constexpr auto rms_norm(X&& x, Gain&& gain, Along along = {}, double epsilon = 1e-6) {
  return rms_norm(static_cast<X&&>(x), along, epsilon) * static_cast<Gain&&>(gain);
}
template <operand X, operand Gain, std::floating_point Epsilon,
          expr::axes_argument Along = axes_t<-1>>
constexpr auto rms_norm(X&& x, Gain&& gain, Epsilon epsilon, Along along = {}) {
  return rms_norm(static_cast<X&&>(x), along, static_cast<double>(epsilon)) *
         static_cast<Gain&&>(gain);
}

}  // namespace deepseek
