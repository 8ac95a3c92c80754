// SPDX-License-Identifier: Apache-2.0
/// @file Two uniform words to one normal number, by operations that every machine rounds alike.
///
/// Box and Muller's method with its own logarithm, sine and cosine: products that are added are added
/// by arch::fma, so that no compiler can choose, and all else is a correctly rounded operation. The same
/// words give the same bits on every machine with a fused multiply-add.
#pragma once
#include <cstdint>

#include <deepseek/arch/scalar.hpp>
#include <deepseek/base/config.hpp>

namespace deepseek::detail {

/// log(u), u = (r + 1/2) / 2^32. Near 1, f32 has 1 - u, not u, to all digits.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float log_of_uniform(std::uint32_t r) {
  constexpr std::int32_t bits_of_3_4 = 0x3f40'0000;
  constexpr int mantissa_bits = 23;
  constexpr float ln2_high = 0x1.62e4p-1f;  // so short that its product with an exponent is exact
  constexpr float ln2_low = 0x1.7f7d1cp-20f;
  float const u = arch::fma(static_cast<float>(r), 0x1p-32f, 0x1p-33f);
  float const below_1 = arch::fma(static_cast<float>(~r), 0x1p-32f, 0x1p-33f);
  std::int32_t const bits = __builtin_bit_cast(std::int32_t, u);
  std::int32_t const exponent = (bits - bits_of_3_4) >> mantissa_bits;
  float const mantissa = __builtin_bit_cast(float, bits - exponent * (1 << mantissa_bits));
  float const e = static_cast<float>(exponent);
  float const f = exponent == 0 ? -below_1 : mantissa - 1.0f;  // from -1/4 to 1/2
  float const s = f / (2.0f + f);                              // log(1 + f) = 2 artanh(s)
  float const z = s * s;
  float p = 2.0f / 11.0f;
  p = arch::fma(p, z, 2.0f / 9.0f);
  p = arch::fma(p, z, 2.0f / 7.0f);
  p = arch::fma(p, z, 2.0f / 5.0f);
  p = arch::fma(p, z, 2.0f / 3.0f);
  float const small = arch::fma(-s, arch::fma(-p, z, f), arch::fma(e, ln2_low, f));
  return arch::fma(e, ln2_high, small);
}

/// cos(2 pi w / 2^32), or its sine where `sine`. Within 2^-23.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float cos_or_sin_of_turn(std::uint32_t w, bool sine) {
  constexpr float half_pi = 0x1.921fb6p0f;
  std::uint32_t const quarter = (w + 0x2000'0000U) >> 30;  // the nearest of 0 to 3, 4 being 0
  float const part = static_cast<float>(static_cast<std::int32_t>(w << 2)) * 0x1p-32f;
  float const a = part * half_pi;  // from -pi/4 to pi/4
  float const z = a * a;
  float c = -1.0f / 3628800.0f;
  c = arch::fma(c, z, 1.0f / 40320.0f);
  c = arch::fma(c, z, -1.0f / 720.0f);
  c = arch::fma(c, z, 1.0f / 24.0f);
  c = arch::fma(c, z, -0.5f);
  c = arch::fma(c, z, 1.0f);
  float s = 1.0f / 362880.0f;
  s = arch::fma(s, z, -1.0f / 5040.0f);
  s = arch::fma(s, z, 1.0f / 120.0f);
  s = arch::fma(s, z, -1.0f / 6.0f);
  s = arch::fma(s * z, a, a);
  std::uint32_t const turned = sine ? quarter + 3U : quarter;  // sin(x) = cos(x - pi/2)
  float const value = (turned & 1U) != 0 ? s : c;
  bool const negative = ((turned + 1U) & 2U) != 0;
  return negative ? -value : value;
}

/// normal_from_bits(r, w, second): the first or second of the pair of normal numbers that belongs to
/// the words r (how far from 0) and w (in which direction). At most 6.66 from 0.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float normal_from_bits(std::uint32_t r, std::uint32_t w,
                                                            bool second) {
  float const radius = arch::sqrt(-2.0f * log_of_uniform(r));
  return radius * cos_or_sin_of_turn(w, second);
}

}  // namespace deepseek::detail
