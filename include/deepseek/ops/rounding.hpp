// SPDX-License-Identifier: Apache-2.0
/// @file floor, ceil, round, trunc.
#pragma once
#include <deepseek/arch/cpu/pack_round.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace rules {
struct floor : expr::arithmetic_rule {
  static constexpr char const* name = "floor";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::floor(a);
  }
};
struct ceil : expr::arithmetic_rule {
  static constexpr char const* name = "ceil";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::ceil(a);
  }
};
struct round : expr::arithmetic_rule {
  static constexpr char const* name = "round";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::round(a);
  }
};
struct trunc : expr::arithmetic_rule {
  static constexpr char const* name = "trunc";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::trunc(a);
  }
};
}  // namespace rules

/// floor(a), ceil(a), round(a), trunc(a): the whole number below, above, nearest, toward zero.
///
/// @shape   a's                          @dtype a's; integers stay as they are; bool counts as int32
/// @edge    round: halves to the even one (2.5 -> 2), as NumPy and PyTorch; NaN, infinities and the sign
///          of zero stay; ceil(-0.5) is -0
/// @error   exact
/// @cost    1 flop
template <operand A> constexpr auto floor(A&& a) {
  return expr::map_of(rules::floor{}, static_cast<A&&>(a));
}
template <operand A> constexpr auto ceil(A&& a) {
  return expr::map_of(rules::ceil{}, static_cast<A&&>(a));
}
template <operand A> constexpr auto round(A&& a) {
  return expr::map_of(rules::round{}, static_cast<A&&>(a));
}
template <operand A> constexpr auto trunc(A&& a) {
  return expr::map_of(rules::trunc{}, static_cast<A&&>(a));
}

}  // namespace deepseek
