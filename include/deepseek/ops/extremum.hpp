// SPDX-License-Identifier: Apache-2.0
/// @file max and min along axes.
#pragma once
#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/reduce_rules.hpp>

namespace deepseek {

/// max(x, along), min(x, along): the greatest, the smallest element along axes, which keep extent 1.
///
///   y[..., 0, ...] = max over i of x[..., i, ...]
///
/// `x - max(x, last)` broadcasts. The larger of two operands, element by element, is maximum(a, b).
///
/// @shape   x's with extent 1 on the axes named; no axes means all
/// @dtype   x's; int32 for bool
/// @edge    NaN if any element is; no elements: the identity, -inf and inf (integers: their limits)
/// @error   exact
/// @cost    1 flop an element; the kernel reads x once
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE]
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto max(X&& x, Along along = {}) {
  return expr::reduce<rules::max>(static_cast<X&&>(x), along);
}
template <operand X, expr::axes_argument Along = axes_t<>>
constexpr auto min(X&& x, Along along = {}) {
  return expr::reduce<rules::min>(static_cast<X&&>(x), along);
}

}  // namespace deepseek
