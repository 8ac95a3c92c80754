// SPDX-License-Identifier: Apache-2.0
/// @file The names of the pack functions for single numbers, on the CPU and in device code.
///
/// An element rule written as `arch::exp(x)`, `arch::select(c, a, b)` … works for a number and for a
/// pack. Semantics are those of arch/cpu; accuracy of the elementary functions is the C library's
/// or, in device code, CUDA's.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/base/config.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/base/dtype.hpp>  // compute_t

namespace deepseek::arch {

/// A type that single numbers are computed in: float, double or an integer, no bool.
template <class T>
concept scalar = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

/// c ? a : b; both are values, so neither side is a branch.
template <class T>
requires std::is_arithmetic_v<T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T select(bool c, T a,
                                                            std::type_identity_t<T> b) {
  return c ? a : b;
}

/// |a|; the lowest integer stays as it is.
template <scalar T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T abs(T a) {
  if constexpr (std::floating_point<T>) return std::fabs(a);
  else if constexpr (std::unsigned_integral<T>) return a;
  else return a < 0 ? static_cast<T>(std::make_unsigned_t<T>(0) - std::make_unsigned_t<T>(a)) : a;
}

/// a < b ? a : b: where a or b is NaN the result is b.
template <scalar T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T min_fast(T a, std::type_identity_t<T> b) {
  return a < b ? a : b;
}
/// a > b ? a : b: where a or b is NaN the result is b.
template <scalar T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T max_fast(T a, std::type_identity_t<T> b) {
  return a > b ? a : b;
}
/// The smaller; NaN where a or b is NaN.
template <scalar T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T min(T a, std::type_identity_t<T> b) {
  return a < b || a != a ? a : b;
}
/// The greater; NaN where a or b is NaN.
template <scalar T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T max(T a, std::type_identity_t<T> b) {
  return a > b || a != a ? a : b;
}

/// a * b + c; rounded once where the target has the instruction.
template <scalar T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T fma(T a, std::type_identity_t<T> b,
                                                         std::type_identity_t<T> c) {
#if DEEPSEEK_DEVICE_PASS || defined(__FMA__)
  if constexpr (std::floating_point<T>) return std::fma(a, b, c);
#endif
  return static_cast<T>(a * b + c);
}

/// The magnitude of a with the sign of b.
template <std::floating_point T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T copysign(T a, std::type_identity_t<T> b) {
  return std::copysign(a, b);
}

/// Toward minus infinity; integers stay, here and in the next three.
template <scalar T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T floor(T a) {
  if constexpr (std::floating_point<T>) return std::floor(a);
  else return a;
}
/// Toward plus infinity.
template <scalar T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T ceil(T a) {
  if constexpr (std::floating_point<T>) return std::ceil(a);
  else return a;
}
/// To the nearest integer, halves to the even one.
template <scalar T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T round(T a) {
  if constexpr (std::floating_point<T>) return std::rint(a);
  else return a;
}
/// Toward zero.
template <scalar T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T trunc(T a) {
  if constexpr (std::floating_point<T>) return std::trunc(a);
  else return a;
}

template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T sqrt(T a) {
  return std::sqrt(a);
}
/// 1 / a.
template <std::floating_point T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T reciprocal(T a) {
  return T(1) / a;
}
/// 1 / sqrt(a).
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T rsqrt(T a) {
  return T(1) / std::sqrt(a);
}

template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T exp(T x) {
  return std::exp(x);
}
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T exp2(T x) {
  return std::exp2(x);
}
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T expm1(T x) {
  return std::expm1(x);
}
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T log(T x) {
  return std::log(x);
}
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T log1p(T x) {
  return std::log1p(x);
}
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T tanh(T x) {
  return std::tanh(x);
}
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T erf(T x) {
  return std::erf(x);
}
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T erfc(T x) {
  return std::erfc(x);
}
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T sin(T x) {
  return std::sin(x);
}
template <std::floating_point T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T cos(T x) {
  return std::cos(x);
}
template <std::floating_point T>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE T pow(T x, std::type_identity_t<T> y) {
  return std::pow(x, y);
}

/// stored_as<S>(x): x as an S, as convert rounds it; to two bytes by one instruction of a GPU, where a
/// NaN is one of any sign.
template <element S, class From>
requires std::is_arithmetic_v<From>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE S stored_as(From x) {
#if DEEPSEEK_DEVICE_PASS && __CUDA_ARCH__ >= 800
  constexpr bool two_bytes = std::same_as<S, bf16> || std::same_as<S, f16>;
  if constexpr (two_bytes && std::is_integral_v<From> && sizeof(From) <= 4) {
    return stored_as<S>(deepseek::detail::rounded_to_odd(x));
  } else if constexpr (two_bytes && std::same_as<From, float>) {
    std::uint16_t bits;
    if constexpr (std::same_as<S, bf16>) asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(x));
    else asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
    return S::from_bits(bits);
  } else {
    return deepseek::convert<S>(x);
  }
#else
  return deepseek::convert<S>(x);
#endif
}

/// value_of(x): the number that an element is computed as; of two bytes by one instruction of a GPU.
template <element T> [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE compute_t<T> value_of(T x) {
#if DEEPSEEK_DEVICE_PASS
  if constexpr (std::same_as<T, bf16>) {
    return __builtin_bit_cast(float, std::uint32_t{x.bits} << 16);
  } else if constexpr (std::same_as<T, f16>) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(x.bits));
    return value;
  } else {
    return static_cast<compute_t<T>>(x);
  }
#else
  return static_cast<compute_t<T>>(x);
#endif
}

/// The one conversion of base/convert.hpp; to a small float it gives the rounded value as float.
template <element To, class From>
requires std::is_arithmetic_v<From>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto convert(From x) {
  if constexpr (std::is_arithmetic_v<To>) return deepseek::convert<To>(x);
  else return static_cast<float>(stored_as<To>(x));
}
/// x as it would be after a store to S and a load, as compute_t<S>.
template <element S, class From>
requires std::is_arithmetic_v<From>
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE compute_t<S> round_to(From x) {
  return static_cast<compute_t<S>>(stored_as<S>(x));
}

[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool any(bool c) { return c; }
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool all(bool c) { return c; }
[[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int count(bool c) { return c ? 1 : 0; }

}  // namespace deepseek::arch
