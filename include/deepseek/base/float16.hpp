// SPDX-License-Identifier: Apache-2.0
/// @file IEEE half precision.
#pragma once

#include <deepseek/base/config.hpp>
#include <deepseek/base/detail/small_float.hpp>

#include <concepts>
#include <cstdint>

namespace deepseek {

/// f16 (float16): 1 sign, 5 exponent, 10 mantissa bits; largest 65504, smallest normal 2^-14,
/// smallest 2^-24, step at one 2^-10.
///
/// A type to store, not to reckon in: it converts to float by itself and from float, double and
/// integers only when asked, so `a + b` and `a < b` of two f16 happen in float. Every conversion
/// rounds once, to nearest, ties to even; beyond the largest it is infinity; a NaN stays a (quiet)
/// NaN with its sign. A default-made value is not initialised.
/// @source IEEE 754-2019, binary16
struct f16 {
  /// Its layout: how many bits of what.
  using format = detail::small_format<5, 10, true>;

  f16() = default;
  DEEPSEEK_HOST_DEVICE constexpr explicit f16(float value) noexcept
      : bits{detail::encode<format, detail::overflow::to_infinity>(value)} {}
  DEEPSEEK_HOST_DEVICE constexpr explicit f16(double value) noexcept
      : bits{detail::encode<format, detail::overflow::to_infinity>(value)} {}
  template <std::integral Integer>
  DEEPSEEK_HOST_DEVICE constexpr explicit f16(Integer value) noexcept
      : f16{detail::integer_to_odd(value)} {}

  DEEPSEEK_HOST_DEVICE constexpr operator float() const noexcept {
    return detail::decode<format>(bits);
  }

  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr f16 from_bits(std::uint16_t bits) noexcept {
    f16 result{};
    result.bits = bits;
    return result;
  }
  DEEPSEEK_HOST_DEVICE constexpr f16 operator-() const noexcept {
    return from_bits(static_cast<std::uint16_t>(bits ^ 0x8000U));
  }

  std::uint16_t bits;
};

using float16 = f16;

}  // namespace deepseek
