// SPDX-License-Identifier: Apache-2.0
/// @file expm1 of packs: exp without the loss near zero.
#pragma once

#include <concepts>

#include <deepseek/arch/cpu/math_exp.hpp>  // reduce_exponent
#include <deepseek/arch/cpu/detail/math_support.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>

namespace deepseek::arch {

namespace detail {

/// e^r - 1 for |r| <= ln(2)/2.
template <int N> DEEPSEEK_INLINE pack<float, N> expm1_of_rest(pack<float, N> r) {
  return fma(r * r,
             polynomial(r, 0x1.fffffep-2f, 0x1.5554a4p-3f, 0x1.555788p-5f, 0x1.123164p-7f,
                        0x1.6adab6p-10f),
             r);
}
template <int N> DEEPSEEK_INLINE pack<double, N> expm1_of_rest(pack<double, N> r) {
  return fma(r * r,
             polynomial(r, 0x1p-1, 0x1.5555555555559p-3, 0x1.555555555553cp-5, 0x1.111111110f4b4p-7,
                        0x1.6c16c16c1fb43p-10, 0x1.a01a01b0c8c17p-13, 0x1.a01a0179944f9p-16,
                        0x1.71ddf5d9ca9c2p-19, 0x1.27e5388169c0ap-22, 0x1.af636ecedad82p-26,
                        0x1.1ee875f0fc208p-29),
             r);
}

struct expm1_rule {
  template <std::floating_point T, int N> static DEEPSEEK_INLINE pack<T, N> apply(pack<T, N> x) {
    // Below the first bound the result is -1, above the second infinity.
    constexpr T lowest = sizeof(T) == 4 ? T(-18) : T(-38);
    constexpr T highest = sizeof(T) == 4 ? T(89) : T(710);
    auto const inside = max_fast(pack<T, N>(lowest), min_fast(pack<T, N>(highest), x));
    auto const [n, r] = reduce_exponent(inside);
    // e^x - 1 = 2^n (q + 1 - 2^-n) with q = e^r - 1: for n = 0 nothing is lost.
    auto const tiny = power_of_two(-min_fast(n, T(100)));
    auto const result = scale(expm1_of_rest(r) + (T(1) - tiny), n);
    return copysign(result, x);  // -0 stays
  }
};

}  // namespace detail

/// expm1(x): e^x - 1, accurate near 0.
///
/// @edge  -infinity -> -1, infinity -> infinity, NaN -> NaN, -0 -> -0
/// @error float: 1.56 ulp over all floats, 1.70 without FMA; double: 1.82 and 1.86 ulp (sampled)
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> expm1(pack<T, N> x) {
  return detail::by_register<detail::expm1_rule>(x);
}

}  // namespace deepseek::arch
