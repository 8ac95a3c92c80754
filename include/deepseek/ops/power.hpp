// SPDX-License-Identifier: Apache-2.0
/// @file pow and square.
#pragma once
#include <deepseek/arch/cpu/math_pow.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/ops/arithmetic.hpp>  // tensor_operands

namespace deepseek {

namespace rules {
struct power : expr::floating_rule {
  static constexpr char const* name = "pow";
  static constexpr int flops = 40;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    return arch::pow(a, b);
  }
};
struct square : expr::arithmetic_rule {
  static constexpr char const* name = "square";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const { return a * a; }
};
}  // namespace rules

/// pow(a, b): a to the power b, operands broadcast as in a + b.
///
/// @shape   as a + b                     @dtype the common one, f32 for integers
/// @edge    as C's pow: pow(x, 0) = pow(1, y) = 1 also for NaN; a negative base needs a whole exponent,
///          else NaN
/// @error   at most 2 ulp (f32)          @cost counted as 40 flops; square(a) and sqrt(a) are cheaper
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto pow(A&& a, B&& b) {
  return expr::map_of(rules::power{}, static_cast<A&&>(a), static_cast<B&&>(b));
}

/// square(a): a * a, with a evaluated once.
///
/// @shape   a's                          @dtype a's; bool counts as int32       @cost 1 flop
template <operand A> constexpr auto square(A&& a) {
  return expr::map_of(rules::square{}, static_cast<A&&>(a));
}

}  // namespace deepseek
