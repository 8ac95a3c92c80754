// SPDX-License-Identifier: Apache-2.0
/// @file + - * / and unary minus, abs, maximum, minimum over tensors, expressions and numbers.
#pragma once
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_round.hpp>  // abs
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace rules {
struct add : expr::arithmetic_rule {
  static constexpr char const* name = "+";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    return a + b;
  }
};
struct subtract : expr::arithmetic_rule {
  static constexpr char const* name = "-";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    return a - b;
  }
};
struct multiply : expr::arithmetic_rule {
  static constexpr char const* name = "*";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    return a * b;
  }
};
struct divide : expr::floating_rule {
  static constexpr char const* name = "/";
  static constexpr int flops = 4;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    return a / b;
  }
};
struct negate : expr::arithmetic_rule {
  static constexpr char const* name = "-";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const { return -a; }
};
struct absolute : expr::arithmetic_rule {
  static constexpr char const* name = "abs";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::abs(a);
  }
};
struct maximum : expr::arithmetic_rule {
  static constexpr char const* name = "maximum";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    return arch::max(b, a);  // of equals, +0 and -0, the first
  }
};
struct minimum : expr::arithmetic_rule {
  static constexpr char const* name = "minimum";
  static constexpr int flops = 1;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    return arch::min(b, a);
  }
};
}  // namespace rules

/// tensor_operands<A, B>: at least one is a tensor or an expression, the other may be a number.
template <class A, class B>
concept tensor_operands = operand_or_number<A> && operand_or_number<B> &&(operand<A> || operand<B>);

/// a + b, a - b, a * b: element by element, operands broadcast as NumPy does it.
///
///   y[i] = a[i] + b[i]
///
/// @shape   any two that broadcast       @dtype the common one (promote_t); bool counts as int32
/// @cost    1 flop per element; always fuses
/// @fails   [DS-BROADCAST-STATIC] static extents · shape_error [DS-BROADCAST-EXTENTS] dynamic ones
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator+(A&& a, B&& b) {
  return expr::map_of(rules::add{}, static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator-(A&& a, B&& b) {
  return expr::map_of(rules::subtract{}, static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator*(A&& a, B&& b) {
  return expr::map_of(rules::multiply{}, static_cast<A&&>(a), static_cast<B&&>(b));
}

/// a / b: true division; integers are divided as f32, as in NumPy and PyTorch.
///
/// @shape   as a + b                     @dtype the common one, f32 for integers
/// @edge    x / 0 is an infinity or NaN as IEEE 754 says
/// @cost    counted as 4 flops; always fuses
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator/(A&& a, B&& b) {
  return expr::map_of(rules::divide{}, static_cast<A&&>(a), static_cast<B&&>(b));
}

/// -a, abs(a): element by element.
///
/// @shape   a's                          @dtype a's; bool counts as int32       @cost 1 flop
template <operand A> constexpr auto operator-(A&& a) {
  return expr::map_of(rules::negate{}, static_cast<A&&>(a));
}
template <operand A> constexpr auto abs(A&& a) {
  return expr::map_of(rules::absolute{}, static_cast<A&&>(a));
}

/// maximum(a, b), minimum(a, b): the larger, the smaller of two elements; of equals the first.
///
/// @shape   as a + b                     @dtype the common one                  @cost 1 flop
/// @edge    NaN if either is
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto maximum(A&& a, B&& b) {
  return expr::map_of(rules::maximum{}, static_cast<A&&>(a), static_cast<B&&>(b));
}
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto minimum(A&& a, B&& b) {
  return expr::map_of(rules::minimum{}, static_cast<A&&>(a), static_cast<B&&>(b));
}

}  // namespace deepseek
