// SPDX-License-Identifier: Apache-2.0
/// @file How a float or double becomes a format of 8 or 16 bits, and back: bits in, bits out.
#pragma once

#include <deepseek/base/config.hpp>

#include <cstdint>
#include <type_traits>

namespace deepseek::detail {

/// What a format does with a value beyond its largest one.
enum class overflow : unsigned char { to_infinity, to_nan, saturate };

/// A binary format of one sign bit, `ExponentBits` and `MantissaBits` (the hidden one not counted),
/// with IEEE's bias and subnormals. `HasInfinity`: the top exponent holds infinity and the NaNs, as
/// in IEEE; otherwise it holds numbers and only the all-ones pattern is NaN (OCP's E4M3).
template <int ExponentBits, int MantissaBits, bool HasInfinity> struct small_format {
  using bits_type =
      std::conditional_t<ExponentBits + MantissaBits == 7, std::uint8_t, std::uint16_t>;
  static constexpr int mantissa_bits = MantissaBits;
  static constexpr int bias = (1 << (ExponentBits - 1)) - 1;
  static constexpr bool has_infinity = HasInfinity;
  /// The upper bits of a float.
  static constexpr bool cut_float = ExponentBits == 8 && HasInfinity;
  static constexpr std::uint32_t sign_shift = 31 - (ExponentBits + MantissaBits);
  static constexpr std::uint32_t exponent_mask = ((1U << ExponentBits) - 1) << MantissaBits;
  static constexpr std::uint32_t mantissa_mask = (1U << MantissaBits) - 1;
  static constexpr std::uint32_t all_ones = exponent_mask | mantissa_mask;
  static constexpr std::uint32_t largest = (HasInfinity ? exponent_mask : all_ones) - 1;
  /// Float bits of the smallest normal value of this format.
  static constexpr std::uint32_t smallest_normal = static_cast<std::uint32_t>(128 - bias) << 23;
};

DEEPSEEK_HOST_DEVICE constexpr std::uint32_t float_bits(float value) noexcept {
  return __builtin_bit_cast(std::uint32_t, value);
}
DEEPSEEK_HOST_DEVICE constexpr float float_of(std::uint32_t bits) noexcept {
  return __builtin_bit_cast(float, bits);
}

/// Rounds to nearest, ties to even. NaN stays NaN with its sign; it becomes quiet and keeps the top
/// bits of its payload where the format has room. No branch that a vectoriser could not turn into a
/// select; the one floating addition is exact in what matters and needs no denormals of its own.
template <class Format, overflow Overflow>
DEEPSEEK_HOST_DEVICE constexpr typename Format::bits_type encode_bits(
    std::uint32_t value_bits) noexcept {
  constexpr int dropped = 23 - Format::mantissa_bits;
  if constexpr (Format::cut_float && Overflow == overflow::to_infinity) {
    // Rounding carries from the mantissa to the exponent, and from the largest number to infinity.
    constexpr std::uint32_t below_half = (1U << (dropped - 1)) - 1;
    std::uint32_t const rounded = value_bits + below_half + ((value_bits >> dropped) & 1U);
    std::uint32_t const quiet_nan = value_bits | 0x0040'0000U;
    bool const is_nan = (value_bits & 0x7fff'ffffU) > 0x7f80'0000U;
    return static_cast<typename Format::bits_type>((is_nan ? quiet_nan : rounded) >> dropped);
  }
  std::uint32_t const sign = (value_bits & 0x8000'0000U) >> Format::sign_shift;
  std::uint32_t const magnitude = value_bits & 0x7fff'ffffU;

  // Normal results: move the exponent's bias, add half a unit (less one if already even), cut.
  constexpr std::uint32_t rebias = static_cast<std::uint32_t>(127 - Format::bias) << 23;
  constexpr std::uint32_t half = (1U << (dropped - 1)) - 1;
  std::uint32_t const odd = (magnitude >> dropped) & 1U;
  std::uint32_t result = (magnitude - rebias + half + odd) >> dropped;

  // Subnormal results: adding a number whose last bit weighs one subnormal step rounds to it.
  if constexpr (rebias != 0) {
    constexpr std::uint32_t step_is_last_bit =
        static_cast<std::uint32_t>(127 - Format::bias + 1 + dropped) << 23;
    bool const subnormal = magnitude < Format::smallest_normal;
    std::uint32_t const addend = subnormal ? magnitude : 0U;
    std::uint32_t const sum = float_bits(float_of(addend) + float_of(step_is_last_bit));
    result = subnormal ? sum - step_is_last_bit : result;
  }

  bool const too_large = magnitude >= 0x7f80'0000U || result > Format::largest;
  constexpr std::uint32_t beyond = Overflow == overflow::to_infinity ? Format::exponent_mask
                                   : Overflow == overflow::to_nan    ? Format::all_ones
                                                                     : Format::largest;
  result = too_large ? beyond : result;

  constexpr std::uint32_t quiet = Format::has_infinity
                                      ? Format::exponent_mask | (1U << (Format::mantissa_bits - 1))
                                      : Format::all_ones;
  std::uint32_t const nan = quiet | ((magnitude >> dropped) & Format::mantissa_mask);
  return static_cast<typename Format::bits_type>(sign | (magnitude > 0x7f80'0000U ? nan : result));
}

/// Exact. NaN stays NaN with its sign and payload (and becomes quiet).
template <class Format> DEEPSEEK_HOST_DEVICE constexpr float decode(std::uint32_t bits) noexcept {
  constexpr int added = 23 - Format::mantissa_bits;
  if constexpr (Format::cut_float) {
    bool const is_nan = (bits & Format::all_ones) > Format::exponent_mask;
    return float_of((bits << added) | (is_nan ? 0x0040'0000U : 0U));
  }
  constexpr std::uint32_t rebias = static_cast<std::uint32_t>(127 - Format::bias) << 23;
  std::uint32_t const sign = (bits << Format::sign_shift) & 0x8000'0000U;
  std::uint32_t const magnitude = bits & Format::all_ones;

  std::uint32_t result = (magnitude << added) + rebias;
  if constexpr (rebias != 0) {
    // A subnormal is its mantissa times the step: put it under a hidden one and take that one away.
    constexpr std::uint32_t hidden_one = Format::smallest_normal;
    std::uint32_t const under_one = hidden_one | ((magnitude & Format::mantissa_mask) << added);
    std::uint32_t const subnormal = float_bits(float_of(under_one) - float_of(hidden_one));
    result = magnitude <= Format::mantissa_mask ? subnormal : result;
  }
  if constexpr (Format::has_infinity) {
    std::uint32_t const quiet = magnitude > Format::exponent_mask ? 0x0040'0000U : 0U;
    std::uint32_t const special = 0x7f80'0000U | quiet | (magnitude << added);
    result = magnitude >= Format::exponent_mask ? special : result;
  } else {
    result = magnitude == Format::all_ones ? 0x7fc0'0000U : result;
  }
  return float_of(sign | result);
}

/// The float next to `value`, rounded to odd: the last bit says whether anything was lost, so that a
/// second rounding to a shorter format gives what one rounding would have given.
DEEPSEEK_HOST_DEVICE constexpr std::uint32_t round_to_odd(double value) noexcept {
  auto const bits = __builtin_bit_cast(std::uint64_t, value);
  auto const sign = static_cast<std::uint32_t>(bits >> 32) & 0x8000'0000U;
  std::uint64_t const magnitude = bits & 0x7fff'ffff'ffff'ffffU;
  constexpr std::uint64_t infinity = std::uint64_t{0x7ff} << 52;
  constexpr std::uint64_t lost_mask = (std::uint64_t{1} << 29) - 1;
  int const exponent = static_cast<int>(magnitude >> 52) - (1023 - 127);  // as a float's

  if (magnitude > infinity)  // NaN
    return sign | 0x7fc0'0000U | static_cast<std::uint32_t>(magnitude >> 29 & 0x007f'ffffU);
  if (magnitude == infinity) return sign | 0x7f80'0000U;
  if (exponent >= 255) return sign | 0x7f7f'ffffU;  // beyond the largest float, which is odd
  if (exponent > 0) {
    std::uint64_t const kept = (magnitude >> 29) - (std::uint64_t{1023 - 127} << 23);
    return sign | static_cast<std::uint32_t>(kept) |
           static_cast<std::uint32_t>((magnitude & lost_mask) != 0);
  }
  if (exponent < -23) return sign | static_cast<std::uint32_t>(magnitude != 0);
  std::uint64_t const mantissa =
      (magnitude & ((std::uint64_t{1} << 52) - 1)) | (std::uint64_t{1} << 52);
  int const shift = 30 - exponent;  // 30 … 53
  std::uint64_t const kept = mantissa >> shift;
  return sign | static_cast<std::uint32_t>(kept) |
         static_cast<std::uint32_t>((kept << shift) != mantissa);
}

template <class Format, overflow Overflow>
DEEPSEEK_HOST_DEVICE constexpr typename Format::bits_type encode(float value) noexcept {
  return encode_bits<Format, Overflow>(float_bits(value));
}
template <class Format, overflow Overflow>
DEEPSEEK_HOST_DEVICE constexpr typename Format::bits_type encode(double value) noexcept {
  return encode_bits<Format, Overflow>(round_to_odd(value));
}

/// A double near `value`, rounded to odd where `value` has more bits than a double.
template <class Integer>
DEEPSEEK_HOST_DEVICE constexpr double integer_to_odd(Integer value) noexcept {
  if constexpr (sizeof(Integer) < 8) {
    return static_cast<double>(value);
  } else {
    bool negative = false;
    if constexpr (std::is_signed_v<Integer>) negative = value < 0;
    auto magnitude = static_cast<std::uint64_t>(value);
    if (negative) magnitude = 0 - magnitude;
    if (magnitude >> 53 != 0) {
      constexpr std::uint64_t lost_mask = (1U << 11) - 1;
      std::uint64_t const sticky = (magnitude & lost_mask) != 0 ? lost_mask + 1 : 0;
      magnitude = (magnitude & ~lost_mask) | sticky;
    }
    auto const result = static_cast<double>(magnitude);
    return negative ? -result : result;
  }
}

}  // namespace deepseek::detail
