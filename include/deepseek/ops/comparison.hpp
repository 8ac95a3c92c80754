// SPDX-License-Identifier: Apache-2.0
/// @file == != < <= > >= over tensors, expressions and numbers: truth values, element by element.
#pragma once
#include <deepseek/expr/map.hpp>
#include <deepseek/ops/arithmetic.hpp>  // tensor_operands

namespace deepseek {

namespace rules {
struct equal : expr::comparison_rule {
  static constexpr char const* name = "==";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto operator()(V a, V b) const {
    return a == b;
  }
};
struct not_equal : expr::comparison_rule {
  static constexpr char const* name = "!=";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto operator()(V a, V b) const {
    return a != b;
  }
};
struct less : expr::comparison_rule {
  static constexpr char const* name = "<";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto operator()(V a, V b) const {
    return a < b;
  }
};
struct less_equal : expr::comparison_rule {
  static constexpr char const* name = "<=";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto operator()(V a, V b) const {
    return a <= b;
  }
};
struct greater : expr::comparison_rule {
  static constexpr char const* name = ">";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto operator()(V a, V b) const {
    return a > b;
  }
};
struct greater_equal : expr::comparison_rule {
  static constexpr char const* name = ">=";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto operator()(V a, V b) const {
    return a >= b;
  }
};
}  // namespace rules

namespace detail {
/// A whole number beside integers keeps its value: `x_uint8 < 300` is true everywhere, where 300 as a
/// uint8 would be 44.
template <class Other, class X> constexpr decltype(auto) comparand(X&& x) {
  if constexpr (expr::number<X> && valid<Other>) {
    using Own = expr::number_element_t<X>;
    if constexpr (integer_element<Own> &&
                  !floating_element<typename expression_t<Other>::value_type>)
      return as_expression(x);
    else return static_cast<X&&>(x);
  } else {
    return static_cast<X&&>(x);
  }
}
template <class Rule, class A, class B> constexpr auto compare(A&& a, B&& b) {
  return expr::map_of(Rule{}, comparand<B>(static_cast<A&&>(a)), comparand<A>(static_cast<B&&>(b)));
}
}  // namespace detail

/// a == b, a != b, a < b, a <= b, a > b, a >= b: element by element.
///
///   y[i] = a[i] == b[i]
///
/// Only where a tensor, view or expression is on one side; the other may be a number.
///
/// @shape   any two that broadcast       @dtype bool; compared in the common dtype
/// @edge    NaN differs from everything, itself too; -0 equals 0
/// @cost    1 flop per element; always fuses
/// @fails   [DS-BROADCAST-STATIC] static extents · shape_error [DS-BROADCAST-EXTENTS] dynamic ones
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator==(A&& a, B&& b) {
  return detail::compare<rules::equal>(static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator!=(A&& a, B&& b) {
  return detail::compare<rules::not_equal>(static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator<(A&& a, B&& b) {
  return detail::compare<rules::less>(static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator<=(A&& a, B&& b) {
  return detail::compare<rules::less_equal>(static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator>(A&& a, B&& b) {
  return detail::compare<rules::greater>(static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator>=(A&& a, B&& b) {
  return detail::compare<rules::greater_equal>(static_cast<A&&>(a), static_cast<B&&>(b));
}

}  // namespace deepseek
