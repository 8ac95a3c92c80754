// SPDX-License-Identifier: Apache-2.0
/// @file a % b of integers: what is left of a, with the sign of b.
#pragma once
#include <type_traits>

#include <deepseek/ops/arithmetic.hpp>

namespace deepseek {

namespace rules {
struct remainder : expr::arithmetic_rule {
  static constexpr char const* name = "%";
  static constexpr int flops = 8;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V b) const {
    if constexpr (std::is_integral_v<V>) {
      V const by = b == V(0) || b == V(-1) ? V(1) : b;  // the processor would trap
      V const r = static_cast<V>(a % by);
      return r != V(0) && (r < V(0)) != (b < V(0)) ? static_cast<V>(r + b) : r;
    } else {
      V const nothing(typename V::element(0));
      V const r = a % b;  // the same of 0 and -1
      return select((r != nothing) & ((r ^ b) < nothing), r + b, r);
    }
  }
};
}  // namespace rules

namespace why {
struct divided;
struct divisor;
template <class Operand, class V> struct dtype_of;
template <bool Holds, class... Facts> struct remainder_of_integers {
  static_assert(
      Holds,
      "[DS-REMAINDER-DTYPE] a % b: an operand has no integers; their types are in "
      "dtype_of<operand, type>. Fix: cast<int32_t>(it), or a - floor(a / b) * b of floating.");
};
}  // namespace why

namespace detail {
template <class X> struct element_of_operand { using type = std::remove_cvref_t<X>; };
template <operand X> struct element_of_operand<X> {
  using type = typename std::remove_cvref_t<X>::value_type;
};
template <class X> constexpr bool has_integers() {
  using V = typename element_of_operand<X>::type;
  if constexpr (std::is_arithmetic_v<V>) return std::is_integral_v<V> && !std::is_same_v<V, bool>;
  else return false;
}
}  // namespace detail

/// a % b: the remainder of integers, as in NumPy and PyTorch: of a negative a by a positive b it is positive.
///
///   y[i] = a[i] - floor(a[i] / b[i]) * b[i]
///
/// @shape   as a + b                     @dtype the common one; integers
/// @edge    x % 0 is 0
/// @cost    counted as 8 flops: processors divide integers one by one; always fuses
/// @fails   [DS-REMAINDER-DTYPE] static; as a + b
template <class A, class B>
requires tensor_operands<A, B>
constexpr auto operator%(A&& a, B&& b) {
  if constexpr (!valid<A> || !valid<B>) {
    return why::invalid{};
  } else {
    constexpr bool holds = detail::has_integers<A>() && detail::has_integers<B>();
    (void)sizeof(why::remainder_of_integers<
                 holds, why::dtype_of<why::divided, typename detail::element_of_operand<A>::type>,
                 why::dtype_of<why::divisor, typename detail::element_of_operand<B>::type>>);
    if constexpr (!holds) return why::invalid{};
    else return expr::map_of(rules::remainder{}, static_cast<A&&>(a), static_cast<B&&>(b));
  }
}

}  // namespace deepseek
