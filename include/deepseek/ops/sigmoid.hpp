// SPDX-License-Identifier: Apache-2.0
/// @file sigmoid: the logistic function.
#pragma once
#include <deepseek/arch/cpu/math_exp.hpp>
#include <deepseek/arch/cpu/pack_round.hpp>  // abs
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace rules {
/// weight / (1 + e^-|a|) with weight 1 or e^-|a| by the sign: nothing overflows, no digit cancels.
struct sigmoid : expr::floating_rule {
  static constexpr char const* name = "sigmoid";
  static constexpr int flops = 24;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    V const e = arch::exp(-arch::abs(a));
    return arch::select(a < V(0), e, V(1)) / (V(1) + e);
  }
};
}  // namespace rules

/// sigmoid(a): 1 / (1 + exp(-a)).
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    -infinity -> 0, infinity -> 1, NaN -> NaN
/// @error   at most 3 ulp (f32), also where the result is tiny
/// @cost    counted as 24 flops
template <operand A> constexpr auto sigmoid(A&& a) {
  return expr::map_of(rules::sigmoid{}, static_cast<A&&>(a));
}

}  // namespace deepseek
