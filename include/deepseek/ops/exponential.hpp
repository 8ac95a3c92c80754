// SPDX-License-Identifier: Apache-2.0
/// @file exp, expm1, log, log1p.
#pragma once
#include <deepseek/arch/cpu/math_exp.hpp>
#include <deepseek/arch/cpu/math_expm1.hpp>
#include <deepseek/arch/cpu/math_log.hpp>
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
struct expm1 : expr::floating_rule {
  static constexpr char const* name = "expm1";
  static constexpr int flops = 20;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::expm1(a);
  }
};
struct log : expr::floating_rule {
  static constexpr char const* name = "log";
  static constexpr int flops = 20;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::log(a);
  }
};
struct log1p : expr::floating_rule {
  static constexpr char const* name = "log1p";
  static constexpr int flops = 24;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::log1p(a);
  }
};
}  // namespace rules

/// exp(a): e to the power a; expm1(a): that less 1, accurate near 0.
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    -infinity -> 0 (expm1: -1), infinity -> infinity, NaN -> NaN; expm1(-0) is -0
/// @error   at most 2 ulp (f32), subnormal results too
/// @cost    counted as 16 and 20 flops
template <operand A> constexpr auto exp(A&& a) {
  return expr::map_of(rules::exp{}, static_cast<A&&>(a));
}
template <operand A> constexpr auto expm1(A&& a) {
  return expr::map_of(rules::expm1{}, static_cast<A&&>(a));
}

/// log(a): the natural logarithm; log1p(a): log(1 + a), accurate near 0.
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    0 -> -infinity (log1p: -1), below -> NaN, infinity -> infinity; log1p(-0) is -0
/// @error   at most 2 ulp (f32)
/// @cost    counted as 20 and 24 flops
template <operand A> constexpr auto log(A&& a) {
  return expr::map_of(rules::log{}, static_cast<A&&>(a));
}
template <operand A> constexpr auto log1p(A&& a) {
  return expr::map_of(rules::log1p{}, static_cast<A&&>(a));
}

}  // namespace deepseek
