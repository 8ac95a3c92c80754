// SPDX-License-Identifier: Apache-2.0
/// @file sin and cos.
#pragma once
#include <deepseek/arch/cpu/math_trig.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace rules {
struct sin : expr::floating_rule {
  static constexpr char const* name = "sin";
  static constexpr int flops = 24;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::sin(a);
  }
};
struct cos : expr::floating_rule {
  static constexpr char const* name = "cos";
  static constexpr int flops = 24;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::cos(a);
  }
};
}  // namespace rules

/// sin(a), cos(a).
///
/// @shape   a's                          @dtype a's, f32 for integers       @units radians
/// @edge    +-infinity and NaN -> NaN; sin(-0) is -0
/// @error   at most 2 ulp (f32), for arguments of any size
/// @cost    counted as 24 flops; vectors with |a| > 1e5 in them (f64: 1e4) take a library call per lane
template <operand A> constexpr auto sin(A&& a) {
  return expr::map_of(rules::sin{}, static_cast<A&&>(a));
}
template <operand A> constexpr auto cos(A&& a) {
  return expr::map_of(rules::cos{}, static_cast<A&&>(a));
}

}  // namespace deepseek
