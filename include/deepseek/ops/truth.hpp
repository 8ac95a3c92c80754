// SPDX-License-Identifier: Apache-2.0
/// @file any and all along axes.
#pragma once
#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/reduce_rules.hpp>

namespace deepseek {

/// any(x, along), all(x, along): whether some, whether every element along axes is true.
///
///   y[..., 0, ...] = x[..., 0, ...] || … || x[..., n - 1, ...]
///
/// @shape   x's with extent 1 on the axes named; no axes means all
/// @dtype   bool; an element of another type is true when it is not 0
/// @edge    NaN is true; no elements: false for any, true for all
/// @cost    1 flop an element; the kernel reads x once, all of it
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE]
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto any(X&& x, Along along = {}) {
  return expr::reduce<rules::any>(static_cast<X&&>(x), along);
}
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto all(X&& x, Along along = {}) {
  return expr::reduce<rules::all>(static_cast<X&&>(x), along);
}

}  // namespace deepseek
