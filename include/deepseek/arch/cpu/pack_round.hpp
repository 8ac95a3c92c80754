// SPDX-License-Identifier: Apache-2.0
/// @file Rounding to an integer that stays floating, and the sign bit it keeps.
#pragma once

#include <concepts>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch {

namespace detail {

/// The bit of -0.
template <std::floating_point T>
inline constexpr signed_of<T> sign_bit = __builtin_bit_cast(signed_of<T>, T(-0.0));

/// Does a pack of N lanes of T fill a register of exactly that many bytes of T = Lane?
template <class T, int N, class Lane, int Bytes>
concept fills = std::same_as<T, Lane> && N* int(sizeof(T)) == Bytes;

/// The smallest value of T from which on every value is an integer: 2^23 or 2^52.
template <std::floating_point T>
inline constexpr T all_integers_from = sizeof(T) == 4 ? T(8388608.0) : T(4503599627370496.0);

}  // namespace detail

/// |a|: NaN keeps its payload, -0 becomes 0; for integers the lowest value stays as it is.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> abs(pack<T, N> a) {
  if constexpr (std::is_floating_point_v<T>) {
    using bits = detail::signed_of<T>;
    return bit_cast_lanes<T>(bit_cast_lanes<bits>(a) & ~detail::sign_bit<T>);
  } else if constexpr (std::is_unsigned_v<T>) {
    return a;
  } else {
    return select(a < T(0), -a, a);
  }
}

/// The magnitude of a with the sign of b.
template <std::floating_point T, int N>
DEEPSEEK_INLINE pack<T, N> copysign(pack<T, N> a, pack<T, N> b) {
  using bits = detail::signed_of<T>;
  return bit_cast_lanes<T>((bit_cast_lanes<bits>(a) & ~detail::sign_bit<T>) |
                           (bit_cast_lanes<bits>(b) & detail::sign_bit<T>));
}

namespace detail {

/// Directions, numbered as the x86 instructions number them.
enum class rounding { nearest = 0, down = 1, up = 2, toward_zero = 3 };

/// Adding 2^23 to a float (2^52 to a double) of smaller magnitude rounds it to nearest even.
template <rounding Direction, class T, int N>
DEEPSEEK_INLINE pack<T, N> round_by_adding(pack<T, N> x) {
  constexpr T large = all_integers_from<T>;
  pack<T, N> const magnitude = abs(x);
  pack<T, N> r = (magnitude + large) - large;
  if constexpr (Direction == rounding::toward_zero) r = select(r > magnitude, r - T(1), r);
  r = copysign(r, x);
  if constexpr (Direction == rounding::down) r = select(r > x, r - T(1), r);
  if constexpr (Direction == rounding::up) r = copysign(select(r < x, r + T(1), r), x);
  return select(magnitude < large, r, x);
}

template <rounding Direction, class T, int N>
DEEPSEEK_INLINE pack<T, N> round_to_integer(pack<T, N> x) {
  using result [[maybe_unused]] = pack<T, N>;
  [[maybe_unused]] constexpr int immediate = int(Direction) | 8;  // 8: raise no inexact flag
  if constexpr (std::is_integral_v<T>) return x;
  else if constexpr (N * sizeof(T) > vector_bytes)
    return join(round_to_integer<Direction>(low(x)), round_to_integer<Direction>(high(x)));
#if defined(__SSE4_1__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (N * sizeof(T) < 16) return low(round_to_integer<Direction>(join(x, x)));
  else if constexpr (fills<T, N, float, 16>)
    return result::from_native(_mm_round_ps(x.v, immediate));
  else if constexpr (fills<T, N, double, 16>)
    return result::from_native(_mm_round_pd(x.v, immediate));
#if defined(__AVX__)
  else if constexpr (fills<T, N, float, 32>)
    return result::from_native(_mm256_round_ps(x.v, immediate));
  else if constexpr (fills<T, N, double, 32>)
    return result::from_native(_mm256_round_pd(x.v, immediate));
#endif
#if defined(__AVX512F__)
  else if constexpr (fills<T, N, float, 64>)
    return result::from_native(_mm512_mask_roundscale_ps(x.v, 0xffff, x.v, immediate));
  else if constexpr (fills<T, N, double, 64>)
    return result::from_native(_mm512_mask_roundscale_pd(x.v, 0xff, x.v, immediate));
#endif
#endif
  else return round_by_adding<Direction>(x);
}

}  // namespace detail

/// The largest integer not above a. -0, infinities and NaN stay.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> floor(pack<T, N> a) {
  return detail::round_to_integer<detail::rounding::down>(a);
}
/// The smallest integer not below a; from above -1 to 0 it is -0, as in C.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> ceil(pack<T, N> a) {
  return detail::round_to_integer<detail::rounding::up>(a);
}
/// The nearest integer, halves to the even one (NumPy's round, C's rint).
template <class T, int N> DEEPSEEK_INLINE pack<T, N> round(pack<T, N> a) {
  return detail::round_to_integer<detail::rounding::nearest>(a);
}
/// The integer part.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> trunc(pack<T, N> a) {
  return detail::round_to_integer<detail::rounding::toward_zero>(a);
}

}  // namespace deepseek::arch
