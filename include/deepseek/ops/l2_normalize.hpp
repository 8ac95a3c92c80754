// SPDX-License-Identifier: Apache-2.0
/// @file l2_normalize: rows of length 1.
#pragma once
#include <deepseek/ops/moments.hpp>

namespace deepseek {

namespace rules {
/// length_or_epsilon(s2): max(sqrt(s2), epsilon), s2 being a sum of squares.
struct length_or_epsilon : expr::floating_rule {
  static constexpr char const* name = "length_or_epsilon";
  static constexpr int flops = 5;
  double epsilon;
  constexpr explicit length_or_epsilon(double e) : epsilon{e} {}
  DEEPSEEK_ANY_SIDE
  template <class P> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P operator()(P s2) const {
    return arch::max(arch::sqrt(s2), P(static_cast<lane_t<P>>(epsilon)));
  }
};
}  // namespace rules

namespace detail {
template <class Along> struct l2_normalize_of {
  double epsilon;
  template <class V> constexpr auto operator()(V const& v) const {
    return v / expr::make_map(rules::length_or_epsilon{epsilon}, sum(square_of(v), Along{}));
  }
};
}  // namespace detail

/// l2_normalize(x): each row over its length.
///
///   y[..., i] = x[..., i] / max(sqrt(sum over j of x[..., j]^2), epsilon)
///
/// `l2_normalize(x, last, 1e-12f)`; it is torch.nn.functional.normalize.
///
/// @shape   x's; the last axis unless others are named
/// @dtype   x's, computed in f32 (f64 for f64) and rounded once at the end; f32 for integers
/// @edge    a row of zeros gives zeros; an infinity in a row gives 0 and for itself NaN; NaN gives NaN
/// @cost    6 flops an element; one kernel with what is under and over it: x is read from memory once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE]
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto l2_normalize(X&& x, Along along = {}, double epsilon = 1e-12) {
  return expr::over_axes(static_cast<X&&>(x), along, [&](auto const& node, auto axes) {
    return let(node, detail::l2_normalize_of<decltype(axes)>{epsilon});
  });
}
template <operand X, std::floating_point Epsilon, expr::axes_argument Along = axes_t<-1>>
constexpr auto l2_normalize(X&& x, Epsilon epsilon, Along along = {}) {
  return l2_normalize(static_cast<X&&>(x), along, static_cast<double>(epsilon));
}

}  // namespace deepseek
