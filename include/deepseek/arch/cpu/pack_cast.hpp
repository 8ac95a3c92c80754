// SPDX-License-Identifier: Apache-2.0
/// @file How lanes of one native type become lanes of another: the plain C++ conversion, vectorised.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>

namespace deepseek::arch::detail {

/// An integer half or twice as wide as Integer, with its signedness.
template <class Integer, int Bytes>
using resized = std::conditional_t<std::is_signed_v<Integer>, typename signed_lane<Bytes>::type,
                                   std::make_unsigned_t<typename signed_lane<Bytes>::type>>;

template <class To, class From, class WantedTo, class WantedFrom>
concept casts = std::same_as<To, WantedTo> && std::same_as<From, WantedFrom>;

/// static_cast<To>(a[i]). Floating to integer only where the value fits: pack_convert.hpp sees to it.
///
/// Compilers turn __builtin_convertvector into good code for equal widths and into lane by lane code
/// for a factor of four; so it goes in steps of two, and AVX-512's own instructions come first.
template <class To, class From, int N> DEEPSEEK_INLINE pack<To, N> cast_lanes(pack<From, N> a) {
  using result = pack<To, N>;
  constexpr int from = sizeof(From), to = sizeof(To);
  constexpr int widest_bytes = N * (from > to ? from : to);
  constexpr bool integers = std::is_integral_v<To> && std::is_integral_v<From>;
  [[maybe_unused]] constexpr bool one_zmm = widest_bytes == 64;
  [[maybe_unused]] constexpr bool one_ymm = widest_bytes == 32;

  if constexpr (std::same_as<To, From>) return a;
  else if constexpr (integers && from == to) return bit_cast_lanes<To>(a);
  else if constexpr (widest_bytes > vector_bytes && N > 1)
    return join(cast_lanes<To>(low(a)), cast_lanes<To>(high(a)));

#if defined(__AVX512F__) && !DEEPSEEK_DEVICE_PASS
  // The forms with a full mask, because the plain ones of GCC 12 draw -Wuninitialized.
  else if constexpr (one_zmm && integers && std::same_as<From, std::int8_t> && to == 4)
    return result::from_native((native<To, N>)_mm512_maskz_cvtepi8_epi32(0xffff, (__m128i)a.v));
  else if constexpr (one_zmm && integers && std::same_as<From, std::uint8_t> && to == 4)
    return result::from_native((native<To, N>)_mm512_maskz_cvtepu8_epi32(0xffff, (__m128i)a.v));
  else if constexpr (one_zmm && integers && std::same_as<From, std::int16_t> && to == 4)
    return result::from_native((native<To, N>)_mm512_maskz_cvtepi16_epi32(0xffff, (__m256i)a.v));
  else if constexpr (one_zmm && integers && std::same_as<From, std::uint16_t> && to == 4)
    return result::from_native((native<To, N>)_mm512_maskz_cvtepu16_epi32(0xffff, (__m256i)a.v));
  else if constexpr (one_zmm && integers && std::same_as<From, std::int32_t> && to == 8)
    return result::from_native((native<To, N>)_mm512_maskz_cvtepi32_epi64(0xff, (__m256i)a.v));
  else if constexpr (one_zmm && integers && from == 4 && to == 1)
    return result::from_native((native<To, N>)_mm512_maskz_cvtepi32_epi8(0xffff, (__m512i)a.v));
  else if constexpr (one_zmm && integers && from == 4 && to == 2)
    return result::from_native((native<To, N>)_mm512_maskz_cvtepi32_epi16(0xffff, (__m512i)a.v));
  else if constexpr (one_zmm && integers && from == 8 && to == 4)
    return result::from_native((native<To, N>)_mm512_maskz_cvtepi64_epi32(0xff, (__m512i)a.v));
  else if constexpr (one_zmm && casts<To, From, double, float>)
    return result::from_native(_mm512_maskz_cvtps_pd(0xff, (__m256)a.v));
  else if constexpr (one_zmm && casts<To, From, double, std::int32_t>)
    return result::from_native(_mm512_maskz_cvtepi32_pd(0xff, (__m256i)a.v));
#endif
#if defined(__AVX2__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (one_ymm && integers && std::same_as<From, std::int16_t> && to == 4)
    return result::from_native((native<To, N>)_mm256_cvtepi16_epi32((__m128i)a.v));
  else if constexpr (one_ymm && integers && std::same_as<From, std::uint16_t> && to == 4)
    return result::from_native((native<To, N>)_mm256_cvtepu16_epi32((__m128i)a.v));
  else if constexpr (one_ymm && integers && std::same_as<From, std::int32_t> && to == 8)
    return result::from_native((native<To, N>)_mm256_cvtepi32_epi64((__m128i)a.v));
  else if constexpr (one_ymm && casts<To, From, double, float>)
    return result::from_native(_mm256_cvtps_pd((__m128)a.v));
  else if constexpr (one_ymm && casts<To, From, double, std::int32_t>)
    return result::from_native(_mm256_cvtepi32_pd((__m128i)a.v));
#endif

  else if constexpr (integers && to > 2 * from)
    return cast_lanes<To>(cast_lanes<resized<From, 2 * from>>(a));
  else if constexpr (integers && from > 2 * to)
    return cast_lanes<To>(cast_lanes<resized<From, from / 2>>(a));
  else if constexpr (std::is_floating_point_v<To> && std::is_integral_v<From> && from < 4)
    return cast_lanes<To>(cast_lanes<std::int32_t>(a));
  else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From> && to < 4)
    return cast_lanes<To>(cast_lanes<std::int32_t>(a));
  else {
    result r;
    r.v = __builtin_convertvector(a.v, native<To, N>);
    return r;
  }
}

}  // namespace deepseek::arch::detail
