// SPDX-License-Identifier: Apache-2.0
/// @file cumsum: the running sum along an axis.
#pragma once
#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/reduce_rules.hpp>

namespace deepseek {

/// cumsum(x, along): the running sum along one axis.
///
///   y[..., i] = x[..., 0] + … + x[..., i]
///
/// @shape   x's; the last axis unless another is named
/// @dtype   x's, accumulated in f32 (f64 for f64); int64 for integers and bool, which wrap around
/// @edge    from the first NaN on, or the second infinity of the other sign, all are NaN
/// @error   as a plain loop's, up to 2 ulp of the largest sum: a vector is summed by halves, then added
///          to what was before
/// @cost    1 flop an element and log2(lanes) of a vector; one kernel, which reads x once; a row is
///          the work of one thread
/// @fails   [DS-AXES-RANGE], [DS-AXES-VALUE], [DS-SCAN-AXIS]
template <operand X, expr::axes_argument Along = axes_t<-1>>
constexpr auto cumsum(X&& x, Along along = {}) {
  return expr::scan<rules::sum>(static_cast<X&&>(x), along);
}

}  // namespace deepseek
