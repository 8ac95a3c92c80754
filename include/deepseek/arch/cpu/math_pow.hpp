// SPDX-License-Identifier: Apache-2.0
/// @file pow of packs.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>

#include <deepseek/arch/cpu/detail/math_support.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_cast.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>

namespace deepseek::arch {

namespace detail {

/// y * log2(mantissa * 2^exponent) in double, to about 2^-35 of itself, within what exp2 needs.
template <int N>
DEEPSEEK_INLINE pack<double, N> y_log2(pack<float, N> mantissa, pack<float, N> exponent,
                                       pack<float, N> y) {
  auto const f = cast_lanes<double>(mantissa - 1.0f);  // exact
  auto const s = f / (f + 2.0);
  auto const log2 =
      fma(s,
          polynomial(s * s, 0x1.71547652d85a3p1, 0x1.ec709b53be9fp-1, 0x1.2778a84bdb0ffp-1,
                     0x1.a5125279ea5d4p-2, 0x1.64cf354ae065ep-2),
          cast_lanes<double>(exponent));
  auto const z = cast_lanes<double>(y) * log2;
  return max_fast(pack<double, N>(-160.0), min_fast(pack<double, N>(160.0), z));
}

struct pow_rule {
  /// |x|^y for x that is no NaN.
  template <int N>
  static DEEPSEEK_INLINE pack<float, N> magnitude(pack<float, N> x, pack<float, N> y) {
    auto const [m, e] = split_exponent(abs(x));
    auto const below = y_log2(low(m), low(e), low(y));
    auto const above = y_log2(high(m), high(e), high(y));
    auto const whole_below = round_small(below), whole_above = round_small(above);
    auto const n = join(cast_lanes<float>(whole_below), cast_lanes<float>(whole_above));
    auto const r =
        join(cast_lanes<float>(below - whole_below), cast_lanes<float>(above - whole_above));
    return scale(polynomial(r, 1.0f, 0x1.62e432p-1f, 0x1.ebfbe6p-3f, 0x1.c6ada6p-5f, 0x1.3b21cap-7f,
                            0x1.5fc0e4p-10f, 0x1.4baedcp-13f),
                 n);
  }

  template <int N> static DEEPSEEK_INLINE pack<float, N> apply(pack<float, N> x, pack<float, N> y) {
    using floats = pack<float, N>;
    constexpr float infinity = std::numeric_limits<float>::infinity();
    auto result = magnitude(x, y);

    auto const whole = round(y) == y;  // true for infinity
    auto const half = y * 0.5f;
    auto const odd = whole && round(half) != half;
    auto const negative = bit_cast_lanes<std::int32_t>(x) < 0;
    result = select(odd && mask_cast<float>(negative), -result, result);
    result = select(x < 0.0f && !whole && x != -infinity, std::numeric_limits<float>::quiet_NaN(),
                    result);
    auto const one = y == 0.0f || x == 1.0f || (abs(x) == 1.0f && abs(y) == infinity);
    return select(one, floats(1.0f), result);
  }
};

template <std::floating_point T> DEEPSEEK_NOINLINE void pow_for_each(T* x, T const* y, int count) {
  for (int i = 0; i < count; ++i) x[i] = std::pow(x[i], y[i]);
}

}  // namespace detail

/// pow(x, y): x^y.
///
/// @edge  as IEEE 754: pow(x, 0) = pow(1, y) = 1 also for NaN; negative x with an integer y keeps or
///        loses its sign as y is odd or even, with another y -> NaN
/// @error float: 0.90 ulp (sampled), 1.18 without FMA; double: the C library's
/// @cost  float: about 80 instructions with AVX-512; double: a call for each lane
template <int N>
DEEPSEEK_INLINE pack<float, N> pow(pack<float, N> x, std::type_identity_t<pack<float, N>> y) {
  return detail::by_register<detail::pow_rule>(x, y);
}
template <int N>
DEEPSEEK_INLINE pack<double, N> pow(pack<double, N> x, std::type_identity_t<pack<double, N>> y) {
  double bases[N], exponents[N];
  __builtin_memcpy(bases, &x.v, sizeof bases);
  __builtin_memcpy(exponents, &y.v, sizeof exponents);
  detail::pow_for_each(bases, exponents, N);
  __builtin_memcpy(&x.v, bases, sizeof bases);
  return x;
}

}  // namespace deepseek::arch
