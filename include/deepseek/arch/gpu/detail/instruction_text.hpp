// SPDX-License-Identifier: Apache-2.0
/// @file The parts of an instruction's name that follow from types, as text for asm and for messages.
#pragma once
#include <cstddef>
#include <utility>

#include <deepseek/arch/gpu/tf32.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/fixed_string.hpp>

namespace deepseek::arch::gpu::detail {

/// joined<Part...>(): the parts, one after the other.
template <fixed_string... Part> DEEPSEEK_HOST_DEVICE constexpr auto joined() {
  char all[(Part.size() + ... + 1)] = {};
  std::size_t at = 0;
  auto const append = [&](auto const& part) {
    for (char const* c = part.c_str(); *c != '\0'; ++c) all[at++] = *c;
  };
  (append(Part), ...);
  return fixed_string{all};
}

/// number<N>(): in decimal digits.
template <int N> DEEPSEEK_HOST_DEVICE constexpr auto number() {
  if constexpr (N >= 10) {
    return joined<number<N / 10>(), number<N % 10>()>();
  } else {
    char const digit[2] = {static_cast<char>('0' + N), '\0'};
    return fixed_string{digit};
  }
}

/// type_text<T>(): what instructions call an element type.
template <class T> DEEPSEEK_HOST_DEVICE constexpr auto type_text() {
  if constexpr (std::same_as<T, float>) return fixed_string{"f32"};
  else if constexpr (std::same_as<T, f16>) return fixed_string{"f16"};
  else if constexpr (std::same_as<T, bf16>) return fixed_string{"bf16"};
  else if constexpr (std::same_as<T, tf32>) return fixed_string{"tf32"};
  else if constexpr (std::same_as<T, fp8_e4m3>) return fixed_string{"e4m3"};
  else if constexpr (std::same_as<T, fp8_e5m2>) return fixed_string{"e5m2"};
  else if constexpr (std::same_as<T, std::int8_t>) return fixed_string{"s8"};
  else if constexpr (std::same_as<T, std::uint8_t>) return fixed_string{"u8"};
  else if constexpr (std::same_as<T, std::int32_t>) return fixed_string{"s32"};
}

/// spelled<Text>::value: an array of characters, which asm takes for an operand "C".
template <char... Character> struct characters {
  static constexpr char value[] = {Character..., '\0'};
};
template <fixed_string Text, std::size_t... Place>
DEEPSEEK_HOST_DEVICE constexpr characters<Text.chars[Place]...> spell(
    std::index_sequence<Place...>) {
  return {};
}
template <fixed_string Text>
using spelled = decltype(spell<Text>(std::make_index_sequence<Text.size()>{}));

}  // namespace deepseek::arch::gpu::detail
