// SPDX-License-Identifier: Apache-2.0
/// @file log and log1p of packs.
#pragma once

#include <concepts>
#include <limits>

#include <deepseek/arch/cpu/math_exp.hpp>  // ln2_high, ln2_low
#include <deepseek/arch/cpu/detail/math_support.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>

namespace deepseek::arch {

namespace detail {

/// exponent * ln(2) + log(1 + f) for -1/4 <= f <= 1/2. The small terms are added first.
template <int N>
DEEPSEEK_INLINE pack<float, N> log_of_parts(pack<float, N> f, pack<float, N> exponent) {
  auto const p =
      polynomial(f, -0x1p-1f, 0x1.5555a6p-2f, -0x1.000024p-2f, 0x1.99685ap-3f, -0x1.54f23ep-3f,
                 0x1.2897b2p-3f, -0x1.0d9008p-3f, 0x1.abf6f8p-4f, -0x1.6fe6c8p-5f);
  auto const small = fma(f * f, p, exponent * ln2_low<float>);
  return fma(exponent, ln2_high<float>, small + f);
}
template <int N>
DEEPSEEK_INLINE pack<double, N> log_of_parts(pack<double, N> f, pack<double, N> exponent) {
  // log(1 + f) = 2 s + s t p(t) with s = f / (2 + f), t = s^2; and 2 s = f - s f.
  auto const s = f / (f + 2.0);
  auto const t = s * s;
  auto const p = polynomial(t, 0x1.555555555577dp-1, 0x1.99999998eec4bp-2, 0x1.249249b392f35p-2,
                            0x1.c71c007347ae6p-3, 0x1.74750a1399d17p-3, 0x1.384fb6af5bb01p-3,
                            0x1.3ad6cf3a10dd3p-3);
  auto const small = fma(exponent, ln2_low<double>, -(s * fma(t, -p, f)));
  return fma(exponent, ln2_high<double>, small + f);
}

struct log_rule {
  template <std::floating_point T, int N> static DEEPSEEK_INLINE pack<T, N> apply(pack<T, N> x) {
    auto const [mantissa, exponent] = split_exponent(x);
    return log_of_parts(mantissa - T(1), exponent);
  }
};

struct log1p_rule {
  template <std::floating_point T, int N> static DEEPSEEK_INLINE pack<T, N> apply(pack<T, N> x) {
    // 1 + x = sum + lost exactly, but for x so large that nothing depends on what is lost.
    constexpr T no_loss_from = T(4) / std::numeric_limits<T>::epsilon();
    auto const sum = x + T(1);
    auto const larger = max_fast(x, T(1)), smaller = min_fast(x, T(1));
    auto const lost = select(x < no_loss_from, smaller - (sum - larger), T(0));
    auto const [mantissa, exponent] = split_exponent(sum);
    // Where the exponent is beyond these bounds (1 + x = 0, 1 + x = x), nothing is lost.
    auto const unscale = power_of_two(-min_fast(max_fast(exponent, T(-100)), T(100)));
    return copysign(log_of_parts(fma(lost, unscale, mantissa - T(1)), exponent), x);
  }
};

}  // namespace detail

/// log(x): the natural logarithm.
///
/// @edge  +-0 -> -infinity, infinity -> infinity, negative -> NaN, NaN -> NaN; subnormal x are exact
/// @error float: 0.97 ulp over all floats; double: 0.97 ulp (sampled); with FMA and without
/// @cost  float: 20 instructions with AVX-512
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> log(pack<T, N> x) {
  return detail::by_register<detail::log_rule>(x);
}

/// log1p(x): log(1 + x), accurate near 0.
///
/// @edge  -1 -> -infinity, infinity -> infinity, below -1 -> NaN, NaN -> NaN, -0 -> -0
/// @error float: 1.00 ulp over all floats; double: 0.94 ulp (sampled); with FMA and without
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> log1p(pack<T, N> x) {
  return detail::by_register<detail::log1p_rule>(x);
}

}  // namespace deepseek::arch
