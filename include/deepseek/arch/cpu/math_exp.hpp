// SPDX-License-Identifier: Apache-2.0
/// @file exp and exp2 of packs.
#pragma once

#include <concepts>

#include <deepseek/arch/cpu/detail/math_support.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>

namespace deepseek::arch {

namespace detail {

/// ln(2) as a sum; the first part is so short that its product with an exponent is exact. Both are
/// positive: with an infinite exponent the sum must not be infinity - infinity.
template <std::floating_point T> inline constexpr T ln2_high = T(0x1.62e42fefa3p-1);
template <> inline constexpr float ln2_high<float> = 0x1.62e4p-1f;
template <std::floating_point T> inline constexpr T ln2_low = T(0x1.3de6af278ece6p-42);
template <> inline constexpr float ln2_low<float> = 0x1.7f7d1cp-20f;
template <std::floating_point T> inline constexpr T log2_e = T(0x1.71547652b82fep0);

/// x = whole * ln(2) + rest, whole an integer, |rest| <= ln(2)/2 and a little.
template <std::floating_point T, int N> struct reduced_exponent { pack<T, N> whole, rest; };
template <std::floating_point T, int N>
DEEPSEEK_INLINE reduced_exponent<T, N> reduce_exponent(pack<T, N> x) {
  auto const whole = round_small(x * log2_e<T>);
  return {whole, fma(whole, -ln2_low<T>, fma(whole, -ln2_high<T>, x))};
}

/// e^r for |r| <= ln(2)/2 and a little.
template <int N> DEEPSEEK_INLINE pack<float, N> exp_of_rest(pack<float, N> r) {
  return polynomial(r, 1.0f, 1.0f, 0x1.fffffcp-2f, 0x1.555482p-3f, 0x1.555826p-5f, 0x1.12448ap-7f,
                    0x1.6afd3cp-10f);
}
template <int N> DEEPSEEK_INLINE pack<double, N> exp_of_rest(pack<double, N> r) {
  return polynomial(r, 1.0, 1.0, 0x1p-1, 0x1.555555555555cp-3, 0x1.55555555554fap-5,
                    0x1.111111110e95ep-7, 0x1.6c16c16c325f5p-10, 0x1.a01a01b4ab67p-13,
                    0x1.a01a013027214p-16, 0x1.71dded279b4d4p-19, 0x1.27e5bbacb3ae6p-22,
                    0x1.af71235769e77p-26, 0x1.1e39b1d830a45p-29);
}

struct exp_rule {
  template <std::floating_point T, int N> static DEEPSEEK_INLINE pack<T, N> apply(pack<T, N> x) {
    // Beyond these bounds the result is 0 or infinity anyway. The order lets NaN through.
    constexpr T lowest = sizeof(T) == 4 ? T(-104) : T(-746);
    constexpr T highest = sizeof(T) == 4 ? T(89) : T(710);
    auto const [n, r] =
        reduce_exponent(max_fast(pack<T, N>(lowest), min_fast(pack<T, N>(highest), x)));
    return scale(exp_of_rest(r), n);
  }
};

struct exp2_rule {
  template <int N> static DEEPSEEK_INLINE pack<float, N> apply(pack<float, N> x) {
    x = max_fast(pack<float, N>(-151.0f), min_fast(pack<float, N>(129.0f), x));
    auto const n = round_small(x);
    return scale(polynomial(x - n, 1.0f, 0x1.62e432p-1f, 0x1.ebfbe6p-3f, 0x1.c6ada6p-5f,
                            0x1.3b21cap-7f, 0x1.5fc0e4p-10f, 0x1.4baedcp-13f),
                 n);
  }
};

}  // namespace detail

/// exp(x): e^x.
///
/// @edge  -infinity -> 0, infinity -> infinity, NaN -> NaN; subnormal results are not flushed
/// @error float: 0.90 ulp over all floats, 1.17 without FMA; double: 0.86 and 1.14 ulp (sampled)
/// @cost  float: 13 instructions with AVX-512
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> exp(pack<T, N> x) {
  return detail::by_register<detail::exp_rule>(x);
}

/// exp2(x): 2^x, exact for integers.
///
/// @edge  as exp
/// @error float: 0.89 ulp over all floats, 1.08 without FMA
template <int N> DEEPSEEK_INLINE pack<float, N> exp2(pack<float, N> x) {
  return detail::by_register<detail::exp2_rule>(x);
}

}  // namespace deepseek::arch
