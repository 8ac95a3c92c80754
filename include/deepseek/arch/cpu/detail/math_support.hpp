// SPDX-License-Identifier: Apache-2.0
/// @file What the elementary functions share: polynomials, powers of two, exponents taken off and put on.
///
/// Every polynomial in math_*.hpp was fitted by tools/minimax.py, which prints the constants.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_cast.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_round.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch::detail {

/// c0 + c1 x + c2 x^2 …, by Horner's rule.
template <std::floating_point T, int N>
DEEPSEEK_INLINE pack<T, N> polynomial(pack<T, N>, std::type_identity_t<T> c0) {
  return pack<T, N>(c0);
}
template <std::floating_point T, int N, class... Rest>
DEEPSEEK_INLINE pack<T, N> polynomial(pack<T, N> x, std::type_identity_t<T> c0, Rest... rest) {
  return fma(polynomial(x, rest...), x, pack<T, N>(c0));
}

/// Applies Rule to one register at a time: halves a wider pack, fills up a narrower one.
template <class Rule, std::floating_point T, int N>
DEEPSEEK_INLINE pack<T, N> by_register(pack<T, N> x) {
  if constexpr (N * sizeof(T) > vector_bytes)
    return join(by_register<Rule>(low(x)), by_register<Rule>(high(x)));
  else if constexpr (N * sizeof(T) < 16) return low(by_register<Rule>(join(x, x)));
  else return Rule::apply(x);
}
template <class Rule, std::floating_point T, int N>
DEEPSEEK_INLINE pack<T, N> by_register(pack<T, N> x, pack<T, N> y) {
  if constexpr (N * sizeof(T) > vector_bytes)
    return join(by_register<Rule>(low(x), low(y)), by_register<Rule>(high(x), high(y)));
  else if constexpr (N * sizeof(T) < 16) return low(by_register<Rule>(join(x, x), join(y, y)));
  else return Rule::apply(x, y);
}

/// Calls the scalar function lane by lane, out of line.
template <class Scalar, std::floating_point T>
DEEPSEEK_NOINLINE void call_for_each(T* x, int count) {
  for (int i = 0; i < count; ++i) x[i] = Scalar::call(x[i]);
}
template <class Scalar, std::floating_point T, int N>
DEEPSEEK_INLINE pack<T, N> lane_by_lane(pack<T, N> x) {
  T lanes[N];
  __builtin_memcpy(lanes, &x.v, sizeof lanes);
  call_for_each<Scalar>(lanes, N);
  __builtin_memcpy(&x.v, lanes, sizeof lanes);
  return x;
}

/// Added to a smaller number it leaves its integer part in the lowest bits: 1.5 * 2^23 or 2^52.
template <std::floating_point T>
inline constexpr T integer_in_low_bits = T(1.5) * all_integers_from<T>;
template <std::floating_point T>
inline constexpr int mantissa_bits = std::numeric_limits<T>::digits - 1;

/// round(x) where |x| < 2^22 (float) or 2^51 (double); NaN stays.
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> round_small(pack<T, N> x) {
#if defined(__SSE4_1__)
  return round(x);
#else
  return (x + integer_in_low_bits<T>)-integer_in_low_bits<T>;
#endif
}

/// 2^n for an integer n from -126 to 127 (float) or -1022 to 1023 (double).
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> power_of_two(pack<T, N> n) {
  using bits = signed_of<T>;
  constexpr bits one = __builtin_bit_cast(bits, T(1));
  auto const integer = bit_cast_lanes<bits>(n + integer_in_low_bits<T>);
  return bit_cast_lanes<T>((integer << bits(mantissa_bits<T>)) + one);
}

/// p * 2^n, rounded once: overflows to infinity, underflows through the subnormals to 0.
/// p is from 1/2 to 2, n an integer of magnitude up to 250 (float) or 2000 (double); NaN stays.
template <std::floating_point T, int N>
DEEPSEEK_INLINE pack<T, N> scale(pack<T, N> p, pack<T, N> n) {
#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  if constexpr (fills<T, N, float, 64>)
    return pack<T, N>::from_native(_mm512_mask_scalef_ps(p.v, 0xffff, p.v, n.v));
  else if constexpr (fills<T, N, double, 64>)
    return pack<T, N>::from_native(_mm512_mask_scalef_pd(p.v, 0xff, p.v, n.v));
  else
#endif
  {
    auto const half = round_small(n * T(0.5));
    return p * power_of_two(half) * power_of_two(n - half);
  }
}

/// x = mantissa * 2^exponent with the mantissa from 3/4 up to 3/2.
///
/// 0 gives {1, -infinity}, infinity {1, infinity}, a negative number or NaN a NaN mantissa: then
/// `exponent * ln(2) + log(mantissa)` is right without further tests. Subnormal x are right too.
template <std::floating_point T, int N> struct mantissa_and_exponent {
  pack<T, N> mantissa, exponent;
};

template <std::floating_point T, int N>
DEEPSEEK_INLINE mantissa_and_exponent<T, N> split_exponent(pack<T, N> x) {
  using lanes [[maybe_unused]] = pack<T, N>;
#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  // The instruction's mantissa is from 1 up to 2; from 3/2 on it is halved.
  if constexpr (fills<T, N, float, 64>) {
    auto m = _mm512_maskz_getmant_ps(0xffff, x.v, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_nan);
    auto e = _mm512_maskz_getexp_ps(0xffff, x.v);
    auto const large = _mm512_cmp_ps_mask(m, _mm512_set1_ps(1.5f), _CMP_GE_OQ);
    m = _mm512_mask_mul_ps(m, large, m, _mm512_set1_ps(0.5f));
    e = _mm512_mask_add_ps(e, large, e, _mm512_set1_ps(1.0f));
    return {lanes::from_native(m), lanes::from_native(e)};
  } else if constexpr (fills<T, N, double, 64>) {
    auto m = _mm512_maskz_getmant_pd(0xff, x.v, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_nan);
    auto e = _mm512_maskz_getexp_pd(0xff, x.v);
    auto const large = _mm512_cmp_pd_mask(m, _mm512_set1_pd(1.5), _CMP_GE_OQ);
    m = _mm512_mask_mul_pd(m, large, m, _mm512_set1_pd(0.5));
    e = _mm512_mask_add_pd(e, large, e, _mm512_set1_pd(1.0));
    return {lanes::from_native(m), lanes::from_native(e)};
  } else
#endif
  {
    using limits = std::numeric_limits<T>;
    using bits = signed_of<T>;
    using unsigned_bits = unsigned_of<T>;
    constexpr T raise = all_integers_from<T>;  // 2^mantissa_bits makes a subnormal normal
    constexpr bits bits_of_3_4 = __builtin_bit_cast(bits, T(0.75));
    constexpr bits bias = limits::max_exponent - 1;
    auto const small = x < limits::min();
    auto const word = bit_cast_lanes<bits>(select(small, x * raise, x));

    // Counted from 3/4, the exponent field is the exponent; the bias keeps it positive.
    auto const field =
        bit_cast_lanes<unsigned_bits>(word + ((bias << mantissa_bits<T>)-bits_of_3_4)) >>
        unsigned_bits(mantissa_bits<T>);
    auto const exponent_bits = bit_cast_lanes<bits>(field) - bias;
    auto mantissa = bit_cast_lanes<T>(word - (exponent_bits << bits(mantissa_bits<T>)));
    constexpr bits offset = __builtin_bit_cast(bits, integer_in_low_bits<T>);
    auto exponent = bit_cast_lanes<T>(exponent_bits + offset) - integer_in_low_bits<T>;
    exponent = select(small, exponent - T(mantissa_bits<T>), exponent);

    auto const zero = x == T(0), infinite = x == limits::infinity();
    mantissa = select(x >= T(0), select(zero, T(1), mantissa), limits::quiet_NaN());
    exponent = select(zero, -limits::infinity(), select(infinite, limits::infinity(), exponent));
    return {mantissa, exponent};
  }
}

}  // namespace deepseek::arch::detail
