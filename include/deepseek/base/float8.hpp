// SPDX-License-Identifier: Apache-2.0
/// @file The two 8-bit floating formats of the OCP specification.
#pragma once

#include <deepseek/base/config.hpp>
#include <deepseek/base/detail/small_float.hpp>

#include <concepts>
#include <cstdint>

namespace deepseek {

/// fp8_e4m3: 1 sign, 4 exponent, 3 mantissa bits, no infinity (E4M3FN); largest 448, smallest normal
/// 2^-6, smallest 2^-9, step at one 2^-3; NaN is 0x7f or 0xff.
///
/// Converts as f16 does (float16.hpp): rounded once, to nearest, ties to even; a NaN stays NaN with
/// its sign. What is beyond 448, infinity too, becomes +-448, as on NVIDIA hardware ("satfinite").
/// @source OCP 8-bit Floating Point Specification (OFP8) 1.0
struct fp8_e4m3 {
  /// Its layout: how many bits of what.
  using format = detail::small_format<4, 3, false>;

  fp8_e4m3() = default;
  DEEPSEEK_HOST_DEVICE constexpr explicit fp8_e4m3(float value) noexcept
      : bits{detail::encode<format, detail::overflow::saturate>(value)} {}
  DEEPSEEK_HOST_DEVICE constexpr explicit fp8_e4m3(double value) noexcept
      : bits{detail::encode<format, detail::overflow::saturate>(value)} {}
  template <std::integral Integer>
  DEEPSEEK_HOST_DEVICE constexpr explicit fp8_e4m3(Integer value) noexcept
      : fp8_e4m3{detail::integer_to_odd(value)} {}

  /// As the constructor, but what rounds beyond the largest value becomes NaN.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr fp8_e4m3 unsaturated(float value) noexcept {
    return from_bits(detail::encode<format, detail::overflow::to_nan>(value));
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr fp8_e4m3 unsaturated(double value) noexcept {
    return from_bits(detail::encode<format, detail::overflow::to_nan>(value));
  }

  DEEPSEEK_HOST_DEVICE constexpr operator float() const noexcept {
    return detail::decode<format>(bits);
  }

  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr fp8_e4m3 from_bits(
      std::uint8_t bits) noexcept {
    fp8_e4m3 result{};
    result.bits = bits;
    return result;
  }
  DEEPSEEK_HOST_DEVICE constexpr fp8_e4m3 operator-() const noexcept {
    return from_bits(static_cast<std::uint8_t>(bits ^ 0x80U));
  }

  std::uint8_t bits;
};

/// fp8_e5m2: 1 sign, 5 exponent, 2 mantissa bits; largest 57344, smallest normal 2^-14, smallest
/// 2^-16, step at one 2^-2; infinity and NaN as in IEEE.
///
/// Converts as fp8_e4m3 does: what is beyond 57344, infinity too, becomes +-57344.
/// @source OCP 8-bit Floating Point Specification (OFP8) 1.0
struct fp8_e5m2 {
  /// Its layout: how many bits of what.
  using format = detail::small_format<5, 2, true>;

  fp8_e5m2() = default;
  DEEPSEEK_HOST_DEVICE constexpr explicit fp8_e5m2(float value) noexcept
      : bits{detail::encode<format, detail::overflow::saturate>(value)} {}
  DEEPSEEK_HOST_DEVICE constexpr explicit fp8_e5m2(double value) noexcept
      : bits{detail::encode<format, detail::overflow::saturate>(value)} {}
  template <std::integral Integer>
  DEEPSEEK_HOST_DEVICE constexpr explicit fp8_e5m2(Integer value) noexcept
      : fp8_e5m2{detail::integer_to_odd(value)} {}

  /// As the constructor, but what rounds beyond the largest value becomes infinity.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr fp8_e5m2 unsaturated(float value) noexcept {
    return from_bits(detail::encode<format, detail::overflow::to_infinity>(value));
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr fp8_e5m2 unsaturated(double value) noexcept {
    return from_bits(detail::encode<format, detail::overflow::to_infinity>(value));
  }

  DEEPSEEK_HOST_DEVICE constexpr operator float() const noexcept {
    return detail::decode<format>(bits);
  }

  [[nodiscard]] DEEPSEEK_HOST_DEVICE static constexpr fp8_e5m2 from_bits(
      std::uint8_t bits) noexcept {
    fp8_e5m2 result{};
    result.bits = bits;
    return result;
  }
  DEEPSEEK_HOST_DEVICE constexpr fp8_e5m2 operator-() const noexcept {
    return from_bits(static_cast<std::uint8_t>(bits ^ 0x80U));
  }

  std::uint8_t bits;
};

}  // namespace deepseek
