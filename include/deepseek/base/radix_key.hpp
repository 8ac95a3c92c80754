// SPDX-License-Identifier: Apache-2.0
/// @file radix_key: unsigned numbers in the order of the elements, so that digits of them can be
/// counted.
///
///   a < b  =>  radix_key(a) < radix_key(b);   a == b  =>  equal, so -0 and +0;   NaN: one key above all
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/base/config.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/numeric_traits.hpp>

namespace deepseek {

/// radix_key_t<T>: std::uint32_t, or std::uint64_t for elements of 8 bytes.
template <element T>
using radix_key_t = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
/// radix_key_bits<T>: the bits of a key that can be set.
template <element T> inline constexpr int radix_key_bits = 8 * static_cast<int>(sizeof(T));

namespace detail {
template <class T> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr auto bits_of(T value) {
  if constexpr (std::same_as<T, double>) return __builtin_bit_cast(std::uint64_t, value);
  else if constexpr (std::same_as<T, float>) return __builtin_bit_cast(std::uint32_t, value);
  else return std::uint32_t{value.bits};
}
}  // namespace detail

/// radix_key(value): its key.
template <element T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr radix_key_t<T> radix_key(T value) {
  using key = radix_key_t<T>;
  constexpr key sign = key{1} << (radix_key_bits<T> - 1);
  constexpr key all = sign | (sign - 1);
  if constexpr (std::same_as<T, bool>) {
    return value ? 1 : 0;
  } else if constexpr (floating_element<T>) {
    constexpr key largest = detail::bits_of(numeric_traits<T>::upper_bound());
    key const bits = detail::bits_of(value);
    key const magnitude = bits & ~sign;
    key const ordered = (bits & sign) != 0 ? sign - magnitude : sign + magnitude;
    return magnitude > largest ? all : ordered;
  } else {
    return (static_cast<key>(value) & all) ^ (std::is_signed_v<T> ? sign : key{0});
  }
}

}  // namespace deepseek
