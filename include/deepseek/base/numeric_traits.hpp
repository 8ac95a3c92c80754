// SPDX-License-Identifier: Apache-2.0
/// @file The limits of each element type, in host and device code: std::numeric_limits for all twelve.
#pragma once

#include <deepseek/base/config.hpp>
#include <deepseek/base/dtype.hpp>

#include <cstdint>
#include <type_traits>

namespace deepseek {

namespace detail {

/// Limits of a floating type, given as bit patterns.
template <class T, auto Max, auto Epsilon, auto SmallestNormal, auto Smallest, auto Infinity,
          auto Nan, bool HasInfinity, int Digits>
struct floating_traits {
  using bits_type = decltype(Max);
  static constexpr bool has_infinity = HasInfinity;
  static constexpr bool has_nan = true;
  /// Bits of the significand, the hidden one included.
  static constexpr int digits = Digits;

  DEEPSEEK_HOST_DEVICE static constexpr T max() noexcept { return value(Max); }
  DEEPSEEK_HOST_DEVICE static constexpr T lowest() noexcept { return value(Max | sign); }
  /// The step from 1 to the next value.
  DEEPSEEK_HOST_DEVICE static constexpr T epsilon() noexcept { return value(Epsilon); }
  DEEPSEEK_HOST_DEVICE static constexpr T smallest_normal() noexcept {
    return value(SmallestNormal);
  }
  /// The smallest value above zero: a subnormal one.
  DEEPSEEK_HOST_DEVICE static constexpr T smallest() noexcept { return value(Smallest); }
  DEEPSEEK_HOST_DEVICE static constexpr T infinity() noexcept requires(HasInfinity) {
    return value(Infinity);
  }
  DEEPSEEK_HOST_DEVICE static constexpr T nan() noexcept { return value(Nan); }
  /// No value is above this one: infinity, or max() where there is none. The identity of min.
  DEEPSEEK_HOST_DEVICE static constexpr T upper_bound() noexcept { return value(Infinity); }
  /// No value is below this one. The identity of max.
  DEEPSEEK_HOST_DEVICE static constexpr T lower_bound() noexcept { return value(Infinity | sign); }

 private:
  static constexpr bits_type sign = static_cast<bits_type>(bits_type{1} << (8 * sizeof(T) - 1));
  DEEPSEEK_HOST_DEVICE static constexpr T value(bits_type bits) noexcept {
    return __builtin_bit_cast(T, static_cast<bits_type>(bits));
  }
};

template <class T> struct integer_traits {
  static constexpr bool has_infinity = false;
  static constexpr bool has_nan = false;
  static constexpr int digits =
      std::is_same_v<T, bool> ? 1 : 8 * static_cast<int>(sizeof(T)) - std::is_signed_v<T>;

  DEEPSEEK_HOST_DEVICE static constexpr T max() noexcept {
    return static_cast<T>(~std::uint64_t{0} >> (64 - digits));
  }
  DEEPSEEK_HOST_DEVICE static constexpr T lowest() noexcept {
    return std::is_signed_v<T> ? static_cast<T>(-max() - 1) : T{0};
  }
  /// The step from one value to the next.
  DEEPSEEK_HOST_DEVICE static constexpr T epsilon() noexcept { return T{1}; }
  DEEPSEEK_HOST_DEVICE static constexpr T smallest() noexcept { return T{1}; }
  DEEPSEEK_HOST_DEVICE static constexpr T upper_bound() noexcept { return max(); }
  DEEPSEEK_HOST_DEVICE static constexpr T lower_bound() noexcept { return lowest(); }
};

using u8 = std::uint8_t;
using u16 = std::uint16_t;

}  // namespace detail

/// numeric_traits<T>: max, lowest, epsilon, smallest, smallest_normal (floating only), infinity (only
/// where there is one), nan (floating only), upper_bound and lower_bound (always), has_infinity,
/// has_nan, digits.
template <element T> struct numeric_traits : detail::integer_traits<T> {};

template <>
struct numeric_traits<double>
    : detail::floating_traits<
          double, std::uint64_t{0x7fef'ffff'ffff'ffff}, std::uint64_t{0x3cb0'0000'0000'0000},
          std::uint64_t{0x0010'0000'0000'0000}, std::uint64_t{1},
          std::uint64_t{0x7ff0'0000'0000'0000}, std::uint64_t{0x7ff8'0000'0000'0000}, true, 53> {};
template <>
struct numeric_traits<float>
    : detail::floating_traits<float, 0x7f7f'ffffU, 0x3400'0000U, 0x0080'0000U, 1U, 0x7f80'0000U,
                              0x7fc0'0000U, true, 24> {};
template <>
struct numeric_traits<f16>
    : detail::floating_traits<f16, detail::u16{0x7bff}, detail::u16{0x1400}, detail::u16{0x0400},
                              detail::u16{1}, detail::u16{0x7c00}, detail::u16{0x7e00}, true, 11> {
};
template <>
struct numeric_traits<bf16>
    : detail::floating_traits<bf16, detail::u16{0x7f7f}, detail::u16{0x3c00}, detail::u16{0x0080},
                              detail::u16{1}, detail::u16{0x7f80}, detail::u16{0x7fc0}, true, 8> {};
template <>
struct numeric_traits<fp8_e4m3>
    : detail::floating_traits<fp8_e4m3, detail::u8{0x7e}, detail::u8{0x20}, detail::u8{0x08},
                              detail::u8{1}, detail::u8{0x7e}, detail::u8{0x7f}, false, 4> {};
template <>
struct numeric_traits<fp8_e5m2>
    : detail::floating_traits<fp8_e5m2, detail::u8{0x7b}, detail::u8{0x34}, detail::u8{0x04},
                              detail::u8{1}, detail::u8{0x7c}, detail::u8{0x7e}, true, 3> {};

}  // namespace deepseek
