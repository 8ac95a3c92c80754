// SPDX-License-Identifier: Apache-2.0
/// @file sqrt and rsqrt.
#pragma once
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace rules {
struct sqrt : expr::floating_rule {
  static constexpr char const* name = "sqrt";
  static constexpr int flops = 4;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::sqrt(a);
  }
};
struct rsqrt : expr::floating_rule {
  static constexpr char const* name = "rsqrt";
  static constexpr int flops = 8;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::rsqrt(a);
  }
};
}  // namespace rules

/// sqrt(a): the square root; rsqrt(a): 1 / sqrt(a).
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    below 0 -> NaN; sqrt(-0) is -0; rsqrt(0) is infinity, rsqrt(-0) -infinity, rsqrt(infinity) 0
/// @error   sqrt is correctly rounded, rsqrt at most 2 ulp (f32): no approximate instruction
/// @cost    counted as 4 and 8 flops
template <operand A> constexpr auto sqrt(A&& a) {
  return expr::map_of(rules::sqrt{}, static_cast<A&&>(a));
}
template <operand A> constexpr auto rsqrt(A&& a) {
  return expr::map_of(rules::rsqrt{}, static_cast<A&&>(a));
}

}  // namespace deepseek
