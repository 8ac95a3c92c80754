// SPDX-License-Identifier: Apache-2.0
/// @file The element types of a tensor: their names, sizes, the type their arithmetic is done in and
/// the type two of them meet in.
#pragma once

#include <deepseek/base/bfloat16.hpp>
#include <deepseek/base/config.hpp>
#include <deepseek/base/float16.hpp>
#include <deepseek/base/float8.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace deepseek {

/// dtype: an element type as a run-time value.
enum class dtype : unsigned char {
  f64,
  f32,
  f16,
  bf16,
  fp8_e4m3,
  fp8_e5m2,
  int8,
  int16,
  int32,
  int64,
  uint8,
  boolean
};

namespace detail {

template <class... Types> struct type_list {};

/// The dtypes' types, in the order of the enumeration.
using element_types = type_list<double, float, f16, bf16, fp8_e4m3, fp8_e5m2, std::int8_t,
                                std::int16_t, std::int32_t, std::int64_t, std::uint8_t, bool>;

/// The place of T in a list, or -1.
template <class T, class... Types> constexpr int place_in(type_list<Types...>) noexcept {
  int place = 0;
  bool const found = ((std::same_as<T, Types> || (++place, false)) || ...);
  return found ? place : -1;
}
template <class T> inline constexpr int dtype_place = place_in<T>(element_types{});

inline constexpr char const* dtype_names[] = {"f64",      "f32",      "f16",   "bf16",
                                              "fp8_e4m3", "fp8_e5m2", "int8",  "int16",
                                              "int32",    "int64",    "uint8", "bool"};

}  // namespace detail

/// element: one of the twelve types a tensor can hold.
template <class T>
concept element = (detail::dtype_place<T> >= 0);

/// The dtype of an element type.
template <element T> inline constexpr dtype dtype_of = static_cast<dtype>(detail::dtype_place<T>);

/// "f64", "f32", "f16", "bf16", "fp8_e4m3", "fp8_e5m2", "int8" … "int64", "uint8", "bool".
[[nodiscard]] constexpr char const* dtype_name(dtype type) noexcept {
  return type <= dtype::boolean ? detail::dtype_names[static_cast<int>(type)] : "invalid dtype";
}

/// Bytes of one element; 0 for a value that is no dtype.
[[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::size_t size_of(dtype type) noexcept {
  switch (type) {
    case dtype::f64:
    case dtype::int64: return 8;
    case dtype::f32:
    case dtype::int32: return 4;
    case dtype::f16:
    case dtype::bf16:
    case dtype::int16: return 2;
    case dtype::fp8_e4m3:
    case dtype::fp8_e5m2:
    case dtype::int8:
    case dtype::uint8:
    case dtype::boolean: return 1;
  }
  return 0;
}

[[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr bool is_floating(dtype type) noexcept {
  return type <= dtype::fp8_e5m2;
}
/// True for int8 … int64 and uint8, not for bool.
[[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr bool is_integer(dtype type) noexcept {
  return type >= dtype::int8 && type <= dtype::uint8;
}

template <class T>
concept floating_element = element<T> && is_floating(dtype_of<T>);
template <class T>
concept integer_element = element<T> && is_integer(dtype_of<T>);

namespace detail {

template <element T> constexpr auto compute_type() noexcept {
  if constexpr (std::same_as<T, double>) return double{};
  else if constexpr (floating_element<T>) return float{};
  else if constexpr (std::same_as<T, std::int64_t>) return std::int64_t{};
  else if constexpr (std::same_as<T, bool>) return bool{};
  else return std::int32_t{};
}

/// What the wider or more general of two element types is; see promote_t.
template <element A, element B> constexpr auto promoted() noexcept {
  if constexpr (std::same_as<A, B>) return std::type_identity<A>{};
  else if constexpr (floating_element<A> != floating_element<B>)
    return std::type_identity<std::conditional_t<floating_element<A>, A, B>>{};
  else if constexpr (floating_element<A>) {
    if constexpr (std::same_as<A, double> || std::same_as<B, double>)
      return std::type_identity<double>{};
    else if constexpr (sizeof(A) == sizeof(B))  // f16 with bf16, e4m3 with e5m2: neither holds both
      return std::type_identity<float>{};
    else return std::type_identity<std::conditional_t<(sizeof(A) > sizeof(B)), A, B>>{};
  } else if constexpr (std::same_as<A, bool>) return std::type_identity<B>{};
  else if constexpr (std::same_as<B, bool>) return std::type_identity<A>{};
  else if constexpr (sizeof(A) == sizeof(B))  // uint8 with int8
    return std::type_identity<std::int16_t>{};
  else return std::type_identity<std::conditional_t<(sizeof(A) > sizeof(B)), A, B>>{};
}

}  // namespace detail

/// The type arithmetic on T is done in: double for f64, float for every other floating type, int64
/// for int64, int32 for the other integers, bool for bool.
template <element T> using compute_t = decltype(detail::compute_type<T>());

/// The type A and B meet in, in either order: PyTorch's torch.result_type for two tensors.
///   * floating and integer or bool -> the floating one, whatever the widths (int64, f16 -> f16)
///   * two floating -> the wider; f16 with bf16 -> f32
///   * two integers -> the wider; int8 with uint8 -> int16; bool is below all
/// PyTorch refuses to mix fp8 with other floating types; here the wider one wins as above, and
/// fp8_e4m3 with fp8_e5m2 -> f32.
template <element A, element B> using promote_t = typename decltype(detail::promoted<A, B>())::type;

}  // namespace deepseek
