// SPDX-License-Identifier: Apache-2.0
/// @file && || ! over tensors and expressions, also as logical_and, logical_or, logical_not.
#pragma once
#include <deepseek/expr/map.hpp>
#include <deepseek/ops/arithmetic.hpp>  // tensor_operands

namespace deepseek {

namespace rules {
struct logical_and : expr::logic_rule {
  static constexpr char const* name = "&&";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    return a && b;
  }
};
struct logical_or : expr::logic_rule {
  static constexpr char const* name = "||";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    return a || b;
  }
};
struct logical_not : expr::logic_rule {
  static constexpr char const* name = "!";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const { return !a; }
};
}  // namespace rules

/// logical_and(a, b), a && b; logical_or(a, b), a || b: element by element. Both sides are computed.
///
///   y[i] = a[i] != 0 && b[i] != 0
///
/// @shape   any two that broadcast       @dtype bool; of other dtypes, what is not 0 is true, NaN too
/// @cost    1 flop per element; always fuses
/// @fails   [DS-BROADCAST-STATIC] static extents · shape_error [DS-BROADCAST-EXTENTS] dynamic ones
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto logical_and(A&& a, B&& b) {
  return expr::map_of(rules::logical_and{}, static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator&&(A&& a, B&& b) {
  return logical_and(static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto logical_or(A&& a, B&& b) {
  return expr::map_of(rules::logical_or{}, static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator||(A&& a, B&& b) {
  return logical_or(static_cast<A&&>(a), static_cast<B&&>(b));
}

/// logical_not(a), !a: true where a is 0.
///
/// @shape   a's                          @dtype bool                @cost 1 flop
template <operand A> constexpr auto logical_not(A&& a) {
  return expr::map_of(rules::logical_not{}, static_cast<A&&>(a));
}
template <operand A> constexpr auto operator!(A&& a) { return logical_not(static_cast<A&&>(a)); }

}  // namespace deepseek
