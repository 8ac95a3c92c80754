// SPDX-License-Identifier: Apache-2.0
/// @file Packs of float to and from the bits of f16, bf16 and the two fp8 formats.
#pragma once

#include <concepts>
#include <cstdint>

#include <deepseek/arch/cpu/intrinsics.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_cast.hpp>
#include <deepseek/arch/cpu/pack_split.hpp>
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/base/float16.hpp>
#include <deepseek/base/float8.hpp>

namespace deepseek::arch {

/// A floating type that is stored short and computed in float.
template <class T>
concept small_float = std::same_as<T, f16> || std::same_as<T, bf16> || std::same_as<T, fp8_e4m3> ||
    std::same_as<T, fp8_e5m2>;

namespace detail {

template <small_float T> using bits_of = unsigned_of<T>;

/// base/detail/small_float.hpp, decode, for a whole pack.
template <small_float T, int N>
DEEPSEEK_INLINE pack<float, N> decode_by_bits(pack<bits_of<T>, N> stored) {
  using format = typename T::format;
  using words = pack<std::uint32_t, N>;
  constexpr std::uint32_t added = 23 - format::mantissa_bits;
  constexpr std::uint32_t rebias = std::uint32_t(127 - format::bias) << 23;
  words const bits = cast_lanes<std::uint32_t>(stored);
  words const sign = (bits << format::sign_shift) & 0x8000'0000U;
  words const magnitude = bits & format::all_ones;

  words result = (magnitude << added) + rebias;
  // A subnormal is its mantissa times the step: put it under a hidden one and take that one away.
  constexpr std::uint32_t hidden_one = format::smallest_normal;
  words const under_one = ((magnitude & format::mantissa_mask) << added) | hidden_one;
  pack<float, N> const subnormal =
      bit_cast_lanes<float>(under_one) - __builtin_bit_cast(float, hidden_one);
  // Lanes compare as signed integers, which is one instruction on every processor.
  auto const as_int = bit_cast_lanes<std::int32_t>(magnitude);
  result = select(as_int <= std::int32_t(format::mantissa_mask),
                  bit_cast_lanes<std::uint32_t>(subnormal), result);
  if constexpr (format::has_infinity) {
    words const special = (magnitude << added) | 0x7f80'0000U;
    result = select(as_int >= std::int32_t(format::exponent_mask), special, result);
    result = select(as_int > std::int32_t(format::exponent_mask), result | 0x0040'0000U, result);
  } else {
    result = select(as_int == std::int32_t(format::all_ones), words(0x7fc0'0000U), result);
  }
  return bit_cast_lanes<float>(sign | result);
}

/// base/detail/small_float.hpp, encode, for a whole pack: formats of two bytes overflow to infinity,
/// those of one byte saturate.
template <small_float T, int N>
DEEPSEEK_INLINE pack<bits_of<T>, N> encode_by_bits(pack<float, N> x) {
  using format = typename T::format;
  using words = pack<std::uint32_t, N>;
  constexpr std::uint32_t dropped = 23 - format::mantissa_bits;
  words const bits = bit_cast_lanes<std::uint32_t>(x);
  words const sign = (bits & 0x8000'0000U) >> format::sign_shift;
  words const magnitude = bits & 0x7fff'ffffU;
  auto const as_int = bit_cast_lanes<std::int32_t>(magnitude);

  // Normal results: move the exponent's bias, add half a unit (less one if already even), cut.
  constexpr std::uint32_t rebias = std::uint32_t(127 - format::bias) << 23;
  constexpr std::uint32_t half = (1U << (dropped - 1)) - 1;
  words const odd = (magnitude >> dropped) & 1U;
  words result = (magnitude + (half - rebias) + odd) >> dropped;

  // Subnormal results: adding a number whose last bit weighs one subnormal step rounds to it.
  constexpr std::uint32_t step = std::uint32_t(127 - format::bias + 1 + int(dropped)) << 23;
  if constexpr (rebias != 0) {
    words const sum = bit_cast_lanes<std::uint32_t>(bit_cast_lanes<float>(magnitude) +
                                                    __builtin_bit_cast(float, step));
    result = select(as_int < std::int32_t(format::smallest_normal), sum - step, result);
  }

  constexpr std::uint32_t beyond = sizeof(T) == 2 ? format::exponent_mask : format::largest;
  // Small magnitudes wrapped around above, but the line before replaced them.
  result = select(
      bit_cast_lanes<std::int32_t>(result) > std::int32_t(format::largest) || as_int >= 0x7f80'0000,
      words(beyond), result);
  constexpr std::uint32_t quiet = format::has_infinity
                                      ? format::exponent_mask | (1U << (format::mantissa_bits - 1))
                                      : format::all_ones;
  words const nan = ((magnitude >> dropped) & format::mantissa_mask) | quiet;
  return cast_lanes<bits_of<T>>(sign | select(as_int > 0x7f80'0000, nan, result));
}

}  // namespace detail

/// decode<T>(bits)[i] = float(T::from_bits(bits[i])), exactly.
///
/// @edge a signalling NaN of bf16 keeps its bits (base/bfloat16.hpp makes it quiet); all other
///       values and formats agree with base/ bit by bit
/// @cost f16: one instruction with F16C; bf16: two; fp8: about ten
template <small_float T, int N>
DEEPSEEK_INLINE pack<float, N> decode(pack<detail::bits_of<T>, N> stored) {
  using result [[maybe_unused]] = pack<float, N>;
  if constexpr (4 * N > vector_bytes && N > 1)
    return join(decode<T>(low(stored)), decode<T>(high(stored)));
  else if constexpr (std::same_as<T, bf16>)
    return bit_cast_lanes<float>(detail::cast_lanes<std::uint32_t>(stored) << 16U);
#if defined(__F16C__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (std::same_as<T, fp8_e5m2>)  // the upper half of an f16
    return decode<f16>(detail::cast_lanes<std::uint16_t>(stored) << std::uint16_t(8));
  else if constexpr (std::same_as<T, f16> && N < 8) return low(decode<T>(join(stored, stored)));
  else if constexpr (std::same_as<T, f16> && N == 8)
    return result::from_native(_mm256_cvtph_ps((__m128i)stored.v));
#if defined(__AVX512F__)
  else if constexpr (std::same_as<T, f16> && N == 16)
    return result::from_native(_mm512_maskz_cvtph_ps(0xffff, (__m256i)stored.v));
#endif
#endif
  else return detail::decode_by_bits<T>(stored);
}

/// encode<T>(x)[i] = the bits of T(x[i]): to nearest, ties to even; overflow as the format defines.
/// @cost f16: one instruction with F16C; bf16: about six; fp8: about twenty
template <small_float T, int N>
DEEPSEEK_INLINE pack<detail::bits_of<T>, N> encode(pack<float, N> x) {
  using result [[maybe_unused]] = pack<detail::bits_of<T>, N>;
  if constexpr (4 * N > vector_bytes && N > 1) return join(encode<T>(low(x)), encode<T>(high(x)));
#if defined(__F16C__) && !DEEPSEEK_DEVICE_PASS
  else if constexpr (std::same_as<T, f16> && N < 8) return low(encode<T>(join(x, x)));
  else if constexpr (std::same_as<T, f16> && N == 8)
    return result::from_native((typename result::native)_mm256_cvtps_ph(x.v, 8));
#if defined(__AVX512F__)
  else if constexpr (std::same_as<T, f16> && N == 16)
    return result::from_native((typename result::native)_mm512_maskz_cvtps_ph(0xffff, x.v, 8));
#endif
#endif
  else if constexpr (std::same_as<T, bf16>) {
    auto const bits = bit_cast_lanes<std::uint32_t>(x);
    auto const rounded = (bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U;
    auto const nan = (bits >> 16U) | 0x40U;
    return detail::cast_lanes<std::uint16_t>(select(x == x, rounded, nan));
  } else {
    return detail::encode_by_bits<T>(x);
  }
}

}  // namespace deepseek::arch
