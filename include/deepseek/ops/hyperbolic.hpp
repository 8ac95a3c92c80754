// SPDX-License-Identifier: Apache-2.0
/// @file tanh.
#pragma once
#include <deepseek/arch/cpu/math_tanh.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace rules {
struct tanh : expr::floating_rule {
  static constexpr char const* name = "tanh";
  static constexpr int flops = 24;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::tanh(a);
  }
};
}  // namespace rules

/// tanh(a): the hyperbolic tangent.
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    +-infinity -> +-1, NaN -> NaN, -0 -> -0; never beyond 1
/// @error   at most 2 ulp (f32)
/// @cost    counted as 24 flops
template <operand A> constexpr auto tanh(A&& a) {
  return expr::map_of(rules::tanh{}, static_cast<A&&>(a));
}

}  // namespace deepseek
