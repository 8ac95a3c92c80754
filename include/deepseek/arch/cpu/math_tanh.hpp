// SPDX-License-Identifier: Apache-2.0
/// @file tanh of packs.
#pragma once

#include <concepts>

#include <deepseek/arch/cpu/math_exp.hpp>  // reduce_exponent, exp_of_rest
#include <deepseek/arch/cpu/detail/math_support.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>

namespace deepseek::arch {

namespace detail {

/// (tanh(x) / x - 1) / x^2 in s = x^2, for |x| <= 0.65.
template <int N> DEEPSEEK_INLINE pack<float, N> tanh_polynomial(pack<float, N> s) {
  return polynomial(s, -0x1.555524p-2f, 0x1.1103e4p-3f, -0x1.b7cd5ap-5f, 0x1.4f4b34p-6f,
                    -0x1.691226p-8f);
}
template <int N> DEEPSEEK_INLINE pack<double, N> tanh_polynomial(pack<double, N> s) {
  return polynomial(s, -0x1.555555555549p-2, 0x1.1111111103d5ap-3, -0x1.ba1ba1b036badp-5,
                    0x1.664f46a92bef9p-6, -0x1.226e01bc43fe1p-7, 0x1.d6ccb35f9a7f6p-9,
                    -0x1.7d508f5af4b0fp-10, 0x1.32cf40f73156dp-11, -0x1.dac51e90827d2p-13,
                    0x1.399c32f9d02c8p-14, -0x1.f5e2ed49d15acp-17);
}

struct tanh_rule {
  template <std::floating_point T, int N> static DEEPSEEK_INLINE pack<T, N> apply(pack<T, N> x) {
    constexpr T one_from = sizeof(T) == 4 ? T(9.5) : T(20);
    auto const y = min_fast(pack<T, N>(one_from), abs(x));
    // tanh(y) = 1 - 2 / (e^2y + 1), where numerator and denominator are divided by 2^n.
    auto const [n, r] = reduce_exponent(y + y);
    auto const tiny = power_of_two(-n);
    auto const large = T(1) - (tiny + tiny) / (exp_of_rest(r) + tiny);
    auto const s = y * y;
    auto const small = fma(y * s, tanh_polynomial(s), y);
    return copysign(select(y < T(0.65), small, large), x);
  }
};

}  // namespace detail

/// tanh(x).
///
/// @edge  +-infinity -> +-1, NaN -> NaN, -0 -> -0; never beyond 1
/// @error float: 1.33 ulp over all floats; double: 1.29 ulp (sampled); with FMA and without
/// @cost  float: 29 instructions with AVX-512, one of them a division
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> tanh(pack<T, N> x) {
  return detail::by_register<detail::tanh_rule>(x);
}

}  // namespace deepseek::arch
