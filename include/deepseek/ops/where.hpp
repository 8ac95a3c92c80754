// SPDX-License-Identifier: Apache-2.0
/// @file where(condition, a, b): a choice for each element.
#pragma once
#include <limits>
#include <type_traits>

#include <deepseek/arch/cpu/pack.hpp>  // select
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

/// minus_infinity: a number for masks, where(visible, score, minus_infinity); takes the dtype of the
/// tensor beside it, f32 beside integers. fp8_e4m3 has no infinity and gets its lowest value.
inline constexpr float minus_infinity = -std::numeric_limits<float>::infinity();

namespace rules {
struct where {
  static constexpr char const* name = "where";
  static constexpr int flops = 1;
  template <class Condition, class... V> using value = expr::common_t<V...>;
  template <int I, class Condition, class... V>
  using operand = std::conditional_t<I == 0, bool, compute_t<value<Condition, V...>>>;
  DEEPSEEK_ANY_SIDE
  template <class C, class V>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(C condition, V a, V b) const {
    return arch::select(condition, a, b);
  }
};
}  // namespace rules

/// where(condition, a, b): a where the condition holds, else b.
///
///   y[i] = condition[i] ? a[i] : b[i]
///
/// Both are computed everywhere; what is not chosen, NaN too, leaves no trace.
///
/// @shape   any three that broadcast; a and b may be numbers
/// @dtype   the common one of a and b; a condition of another dtype than bool holds where it is not 0
/// @cost    1 flop per element; always fuses
/// @fails   [DS-BROADCAST-STATIC] static extents · shape_error [DS-BROADCAST-EXTENTS] dynamic ones
template <operand Condition, operand_or_number A, operand_or_number B>
constexpr auto where(Condition&& condition, A&& a, B&& b) {
  if constexpr (!valid<Condition> || !valid<A> || !valid<B>) {
    return why::invalid{};
  } else {
    using List = typename expr::detail::collect<expr::detail::value_list<>, A, B>::type;
    return expr::make_map(rules::where{}, as_expression(static_cast<Condition&&>(condition)),
                          expr::detail::operand_node<List>(static_cast<A&&>(a)),
                          expr::detail::operand_node<List>(static_cast<B&&>(b)));
  }
}

}  // namespace deepseek
