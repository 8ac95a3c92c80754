// SPDX-License-Identifier: Apache-2.0
/// @file The one rule by which a value of one element type becomes another.
#pragma once

#include <deepseek/base/dtype.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace deepseek {

namespace detail {

/// Toward zero; saturates; NaN -> 0. `Float` is float or double.
template <std::integral Integer, std::floating_point Float>
DEEPSEEK_HOST_DEVICE constexpr Integer truncate_saturated(Float value) noexcept {
  constexpr int value_bits = 8 * static_cast<int>(sizeof(Integer)) - std::is_signed_v<Integer>;
  constexpr auto top_bit = static_cast<Integer>(std::int64_t{1} << (value_bits - 1));
  constexpr auto largest = static_cast<Integer>(top_bit - 1 + top_bit);
  constexpr auto smallest =
      std::is_signed_v<Integer> ? static_cast<Integer>(-largest - 1) : Integer{0};
  constexpr Float beyond = static_cast<Float>(top_bit) * Float{2};  // exact: a power of two
  constexpr Float below = std::is_signed_v<Integer> ? -beyond : Float{0};
  if (value != value) return Integer{0};
  if (value >= beyond) return largest;
  if (value <= below) return smallest;
  return static_cast<Integer>(value);
}

/// rounded_to_odd(value): as a float that rounds to fewer bits as the integer itself would: where it is not
/// exact its last bit is 1. A GPU has few units for doubles.
template <std::integral Integer>
DEEPSEEK_HOST_DEVICE constexpr float rounded_to_odd(Integer value) noexcept {
  auto const nearest = static_cast<float>(value);
  if constexpr (sizeof(Integer) <= 2) return nearest;
  auto const exact = static_cast<std::int64_t>(value);
  auto const back = static_cast<std::int64_t>(nearest);
  if (back == exact) return nearest;
  bool const beyond = (back > exact) == (exact > 0);  // farther from 0
  auto const bits = __builtin_bit_cast(std::uint32_t, nearest) - (beyond ? 1u : 0u);
  return __builtin_bit_cast(float, bits | 1u);
}

}  // namespace detail

/// convert<To>(value): the library's one conversion.
///
///   * to bool: value != 0 (NaN is true)
///   * floating to floating: rounded once, to nearest even; overflow as the format defines (f16, bf16
///     and f32 to infinity, fp8 saturates: float8.hpp); NaN stays NaN
///   * floating to integer: toward zero, saturated at the limits, NaN -> 0 (C++ leaves these two
///     undefined, and machines differ)
///   * integer to floating: rounded once, to nearest even
///   * integer to integer: modulo 2^n, as in C++20, NumPy and PyTorch
template <element To, element From>
[[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr To convert(From value) noexcept {
  if constexpr (std::same_as<To, From>) return value;
  else if constexpr (std::same_as<To, bool>)
    return static_cast<compute_t<From>>(value) != compute_t<From>{0};
  else if constexpr (integer_element<To> && floating_element<From>)
    return detail::truncate_saturated<To>(static_cast<compute_t<From>>(value));
  else if constexpr (floating_element<To> && floating_element<From> && !std::same_as<From, double>)
    return static_cast<To>(static_cast<float>(value));
  else if constexpr (floating_element<To> && sizeof(To) <= 2 && integer_element<From> &&
                     sizeof(From) <= 4)
    return static_cast<To>(detail::rounded_to_odd(value));
  else return static_cast<To>(value);
}

}  // namespace deepseek
