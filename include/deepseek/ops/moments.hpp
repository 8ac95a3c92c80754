// SPDX-License-Identifier: Apache-2.0
/// @file var, stddev and norm along axes.
#pragma once
#include <cstdint>

#include <deepseek/expr/bind.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/roots.hpp>
#include <deepseek/ops/sum.hpp>

namespace deepseek {

namespace rules {

struct floating_square : expr::floating_rule {
  static constexpr char const* name = "square";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class P> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P operator()(P a) const { return a * a; }
};
struct magnitude : expr::floating_rule {
  static constexpr char const* name = "abs";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class P> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P operator()(P a) const {
    return arch::abs(a);
  }
};

/// variance(s2, s1): of n elements whose differences d from a number near their mean have the sums
/// s1 of d and s2 of d squared.
///
///   (s2 - s1 * s1 / n) / (n - correction)
///
/// The number is the mean as it was rounded; s1 takes back what that rounding did. Where s2 overflows,
/// so does s1 * s1, and their difference means nothing: then s2 alone counts.
struct variance : expr::floating_rule {
  static constexpr char const* name = "variance";
  static constexpr int flops = 12;
  double count;
  double divisor;
  constexpr variance(std::int64_t n, double correction)
      : count{static_cast<double>(n)}, divisor{count > correction ? count - correction : 0.0} {}
  DEEPSEEK_ANY_SIDE
  template <class P> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P operator()(P s2, P s1) const {
    using Number = lane_t<P>;
    P const corrected = s2 - s1 / P(static_cast<Number>(count)) * s1;
    P const sum = arch::select(corrected == corrected, corrected, s2);
    return arch::max(sum, P(Number(0))) / P(static_cast<Number>(divisor));
  }
};
}  // namespace rules

/// norm_order<N>: which norm: the sum of magnitudes (1), the root of the sum of squares (2), the
/// greatest magnitude (norm_order_max).
template <int N> struct norm_order_t {
  static_assert(
      N >= 0 && N <= 2,
      "[DS-NORM-ORDER] norm_order<N>: N is 1 or 2. Fix: norm_order_max, or write it out.");
};
template <int N> inline constexpr norm_order_t<N> norm_order{};
inline constexpr norm_order_t<0> norm_order_max{};

namespace detail {

template <class Node> constexpr auto square_of(Node const& node) {
  return expr::make_map(rules::floating_square{}, node);
}

/// The functions of the lets below. They are types with a name, because the name of a lambda holds
/// those of all types around it.
template <class Along> struct variance_of_differences {
  rules::variance rule;
  template <class D> constexpr auto operator()(D const& d) const {
    return expr::make_map(rule, sum(square_of(d), Along{}), sum(d, Along{}));
  }
};
template <class Along> struct variance_of {
  double correction;
  template <class V> constexpr auto operator()(V const& v) const {
    rules::variance const rule{expr::reduced_count(v, Along{}), correction};
    return let(v - mean(v, Along{}), variance_of_differences<Along>{rule});
  }
};
}  // namespace detail

/// var(x, along, correction), stddev: the variance, its square root, along axes, which keep extent 1.
///
///   m = mean(x, along)
///   var[..., 0, ...] = sum over i of (x[..., i, ...] - m)^2 / (n - correction);  stddev = sqrt(var)
///
/// correction is 1 (the estimate from a sample) as in PyTorch; 0 is the variance of the elements.
///
/// @shape   x's with extent 1 on the axes named; no axes means all
/// @dtype   x's, computed in f32 (f64 for f64); f32 for integers and bool
/// @edge    an infinity or NaN gives NaN; n <= correction gives NaN or infinity; never below 0
/// @error   as two passes over x in f32, with the rounding of the mean taken back: elements of
///          10000 + u, u in [0, 1], have the variance of u to 1e-3
/// @cost    5 flops an element; one kernel, which reads x from memory once and from the cache again
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE]
/// @paper   Chan, Golub & LeVeque 1983, Algorithms for computing the sample variance, eq. 1.7
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto var(X&& x, Along along = {}, double correction = 1) {
  return expr::over_axes(static_cast<X&&>(x), along, [&](auto const& node, auto axes) {
    return let(node, detail::variance_of<decltype(axes)>{correction});
  });
}
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto stddev(X&& x, Along along = {}, double correction = 1) {
  return sqrt(var(static_cast<X&&>(x), along, correction));
}

/// norm(x, along, norm_order<N>): the length of the elements along axes, which keep extent 1.
///
///   N = 2, the default:  sqrt(sum over i of x[..., i, ...]^2)
///   N = 1:               sum over i of |x[..., i, ...]|
///   norm_order_max:      max over i of |x[..., i, ...]|
///
/// @shape   x's with extent 1 on the axes named; no axes means all
/// @dtype   x's, computed in f32 (f64 for f64); f32 for integers and bool
/// @edge    NaN if an element is; N = 2 is infinity from where squares overflow, 1.8e19 in f32; no
///          elements: 0 (norm_order_max: -infinity)
/// @cost    2 flops an element; the kernel reads x once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE], [DS-NORM-ORDER]
template <operand X, expr::axes_argument Along = axes_t<>, int N = 2>
constexpr auto norm(X&& x, Along along = {}, norm_order_t<N> = {}) {
  return expr::over_axes(static_cast<X&&>(x), along, [](auto const& node, auto axes) {
    if constexpr (N == 2) return sqrt(sum(detail::square_of(node), axes));
    else if constexpr (N == 1) return sum(expr::make_map(rules::magnitude{}, node), axes);
    else return max(expr::make_map(rules::magnitude{}, node), axes);
  });
}

}  // namespace deepseek
