// SPDX-License-Identifier: Apache-2.0
/// @file sum, prod and mean along axes.
#pragma once
#include <cstdint>

#include <deepseek/expr/map.hpp>
#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/reduce_rules.hpp>

namespace deepseek {

namespace rules {

/// per_count(s): s / count. The count is kept in f64, since f16 knows no 65536.
struct per_count : expr::floating_rule {
  static constexpr char const* name = "over_count";
  static constexpr int flops = 4;
  double count;
  constexpr explicit per_count(std::int64_t n) : count{static_cast<double>(n)} {}
  DEEPSEEK_ANY_SIDE
  template <class P> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE P operator()(P s) const {
    return s / P(static_cast<lane_t<P>>(count));
  }
};
}  // namespace rules

/// sum(x, along), prod(x, along): the sum, the product of the elements along axes, which keep extent 1.
///
///   y[..., 0, ...] = x[..., 0, ...] + … + x[..., n - 1, ...]
///
/// `sum(x, last)`, `sum(x, axes<0, 2>)`; no axes means all. The result broadcasts against x, so that
/// `x / sum(x, last)` is one kernel; `squeeze` drops the axis.
///
/// @shape   x's with extent 1 on the axes named
/// @dtype   x's, accumulated in f32 (f64 for f64); int64 for integers and bool, which wrap around
/// @edge    no elements: 0 and 1; inf - inf and NaN are NaN
/// @error   the lanes of vectors and the pieces of a long row are summed apart, then joined: never
///          more roundings than a plain loop; equal bits for any number of threads
/// @cost    1 flop an element; the kernel reads x once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE]
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto sum(X&& x, Along along = {}) {
  return expr::reduce<rules::sum>(static_cast<X&&>(x), along);
}
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto prod(X&& x, Along along = {}) {
  return expr::reduce<rules::product>(static_cast<X&&>(x), along);
}

/// mean(x, along): the arithmetic mean of the elements along axes, which keep extent 1.
///
///   y[..., 0, ...] = sum(x, along) / n
///
/// @shape   x's with extent 1 on the axes named; no axes means all
/// @dtype   x's, computed in f32 (f64 for f64); f32 for integers and bool
/// @edge    no elements: NaN                @error as sum
/// @cost    1 flop an element, a division per result; the kernel reads x once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE]
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto mean(X&& x, Along along = {}) {
  return expr::over_axes(static_cast<X&&>(x), along, [](auto const& node, auto axes) {
    return expr::make_map(rules::per_count{expr::reduced_count(node, axes)},
                          expr::reduce<rules::sum>(node, axes));
  });
}

}  // namespace deepseek
