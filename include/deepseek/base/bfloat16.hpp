// SPDX-License-Identifier: Apache-2.0
/// @file The upper half of a float.
#pragma once

#include <deepseek/base/config.hpp>
#include <deepseek/base/detail/small_float.hpp>

#include <concepts>
#include <cstdint>

namespace deepseek {

/// bf16 (bfloat16): 1 sign, 8 exponent, 7 mantissa bits; the range of float (largest 3.39e38,
/// smallest normal 2^-126, smallest 2^-133), step at one 2^-7.
///
/// Converts as f16 does (float16.hpp): rounded once, to nearest, ties to even; beyond the largest it
/// is infinity; subnormals are kept; a NaN stays a (quiet) NaN with its sign.
struct bf16 {
  /// Its layout: how many bits of what.
  using format = detail::small_format<8, 7, true>;

  bf16() = default;
  DEEPSEEK_HOST_DEVICE constexpr explicit bf16(float value) noexcept
      : bits{detail::encode<format, detail::overflow::to_infinity>(value)} {}
  DEEPSEEK_HOST_DEVICE constexpr explicit bf16(double value) noexcept
      : bits{detail::encode<format, detail::overflow::to_infinity>(value)} {}
  template <std::integral Integer>
  DEEPSEEK_HOST_DEVICE constexpr explicit bf16(Integer value) noexcept
      : bf16{detail::integer_to_odd(value)} {}

  DEEPSEEK_HOST_DEVICE constexpr operator float() const noexcept {
    return detail::decode<format>(bits);
  }

  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr bf16 from_bits(std::uint16_t bits) noexcept {
    bf16 result{};
    result.bits = bits;
    return result;
  }
  DEEPSEEK_HOST_DEVICE constexpr bf16 operator-() const noexcept {
    return from_bits(static_cast<std::uint16_t>(bits ^ 0x8000U));
  }

  std::uint16_t bits;
};

using bfloat16 = bf16;

}  // namespace deepseek
