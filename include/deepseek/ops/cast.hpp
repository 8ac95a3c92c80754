// SPDX-License-Identifier: Apache-2.0
/// @file cast<V>(a): the same values in another dtype.
#pragma once
#include <deepseek/arch/cpu/pack_convert.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace rules {
template <element To> struct cast {
  static constexpr char const* name = "cast";
  static constexpr int flops = 1;
  template <class From> using value = To;
  template <int, class From> using operand = compute_t<From>;
  DEEPSEEK_ANY_SIDE
  template <class P> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto operator()(P a) const {
    return arch::round_to<To>(a);
  }
  DEEPSEEK_ANY_SIDE
  template <class T, int N>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto operator()(arch::mask<T, N> a) const {
    return arch::convert<compute_t<To>>(a);
  }
};
}  // namespace rules

/// cast<V>(a): each element as a V, by the one rule of base/convert.hpp.
///
///   floating to integer: toward zero, saturated, NaN -> 0 · integer to integer: modulo 2^n
///   to floating: rounded once, to nearest even; fp8 saturates · to bool: not 0
///
/// The value is rounded where the cast stands, also in the middle of an expression: cast<bf16>(x) - x is
/// the rounding error.
///
/// @shape   a's                          @dtype V
/// @edge    NaN and infinities stay where V has them; base/float8.hpp for fp8
/// @cost    1 flop; always fuses
template <element V, operand A> constexpr auto cast(A&& a) {
  return expr::map_of(rules::cast<V>{}, static_cast<A&&>(a));
}

}  // namespace deepseek
