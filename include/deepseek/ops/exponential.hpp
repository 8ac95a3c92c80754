// SPDX-License-Identifier: Apache-2.0
/// @file exp for now
#pragma once
#include <deepseek/arch/cpu/math_exp.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>
namespace deepseek {
namespace rules {
struct exp : expr::floating_rule {
  static constexpr char const* name = "exp";
  static constexpr int flops = 16;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::exp(a);
  }
};
}  // namespace rules
template <operand A> constexpr auto exp(A&& a) {
  return expr::map_of(rules::exp{}, static_cast<A&&>(a));
}
}  // namespace deepseek
