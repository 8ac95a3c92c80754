// SPDX-License-Identifier: Apache-2.0
/// @file erf.
#pragma once
#include <deepseek/arch/cpu/math_erf.hpp>
#include <deepseek/arch/scalar.hpp>
#include <deepseek/expr/map.hpp>

namespace deepseek {

namespace rules {
struct erf : expr::floating_rule {
  static constexpr char const* name = "erf";
  static constexpr int flops = 28;
  DEEPSEEK_ANY_SIDE
  template <class V> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE V operator()(V a) const {
    return arch::erf(a);
  }
};
}  // namespace rules

/// erf(a): the error function.
///
///   y = 2 / sqrt(pi) * integral of exp(-t^2) for t from 0 to a
///
/// @shape   a's                          @dtype a's, f32 for integers
/// @edge    +-infinity -> +-1, NaN -> NaN, -0 -> -0; never beyond 1
/// @error   at most 2 ulp (f32)
/// @cost    counted as 28 flops; f64: a library call per lane
template <operand A> constexpr auto erf(A&& a) {
  return expr::map_of(rules::erf{}, static_cast<A&&>(a));
}

}  // namespace deepseek
