// SPDX-License-Identifier: Apache-2.0
/// @file clamp(a, low, high): into an interval.
#pragma once
#include <cstdint>

#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/base/numeric_traits.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace rules {
struct clamp : expr::arithmetic_rule {
  static constexpr char const* name = "clamp";
  static constexpr int flops = 2;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a, V low, V high) const {
    return arch::min(high, arch::max(low, a));
  }
};
}  // namespace rules

namespace detail {
/// A whole number as a bound of integers: the nearest that the dtype V holds, not the one modulo 2^n.
template <class A, class N> constexpr decltype(auto) clamp_bound(N&& bound) {
  if constexpr (valid<A> && expr::number<N>) {
    using V = typename expression_t<A>::value_type;
    if constexpr (integer_element<V> && integer_element<expr::number_element_t<N>>) {
      auto const wide = static_cast<std::int64_t>(bound);
      constexpr auto lowest = static_cast<std::int64_t>(numeric_traits<V>::lowest());
      constexpr auto highest = static_cast<std::int64_t>(numeric_traits<V>::max());
      return static_cast<V>(wide < lowest ? lowest : wide > highest ? highest : wide);
    } else {
      return static_cast<N&&>(bound);
    }
  } else {
    return static_cast<N&&>(bound);
  }
}
}  // namespace detail

/// clamp(a, low, high): a where it is between low and high, else the nearer of the two.
///
///   y[i] = min(max(a[i], low[i]), high[i])
///
/// @shape   any three that broadcast; low and high may be numbers
/// @dtype   the common one; bool counts as int32
/// @edge    NaN in any of the three -> NaN; where low > high, high
/// @error   exact                        @cost 2 flops; always fuses
/// @fails   [DS-BROADCAST-STATIC] static extents · shape_error [DS-BROADCAST-EXTENTS] dynamic ones
template <operand A, operand_or_number Low, operand_or_number High>
constexpr auto clamp(A&& a, Low&& low, High&& high) {
  return expr::map_of(rules::clamp{}, static_cast<A&&>(a),
                      detail::clamp_bound<A>(static_cast<Low&&>(low)),
                      detail::clamp_bound<A>(static_cast<High&&>(high)));
}

}  // namespace deepseek
