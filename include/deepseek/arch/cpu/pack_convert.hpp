// SPDX-License-Identifier: Apache-2.0
/// @file convert<To>(pack): the rule of base/convert.hpp, a pack at a time.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_cast.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>  // min_fast, max_fast
#include <deepseek/arch/cpu/pack_small_float.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/base/dtype.hpp>  // compute_t

namespace deepseek::arch {

namespace detail {

/// Toward zero; saturates; NaN -> 0. The value is brought into range before the instruction, so the
/// result does not depend on what a processor does out of range.
template <std::integral To, std::floating_point From, int N>
DEEPSEEK_INLINE pack<To, N> truncate_saturated(pack<From, N> x) {
  using limits = std::numeric_limits<To>;
  constexpr int value_bits = limits::digits;
  constexpr From lowest = From(limits::min());
  constexpr From beyond = From(std::uint64_t(1) << (value_bits - 1)) * From(2);  // 2^value_bits
  constexpr bool holds_largest = value_bits <= std::numeric_limits<From>::digits;
  x = select(x == x, x, From(0));
  if constexpr (sizeof(To) == 8 && sizeof(From) == 4) {
    return truncate_saturated<To>(cast_lanes<double>(x));
  } else if constexpr (holds_largest) {
    return cast_lanes<To>(min_fast(max_fast(x, lowest), beyond - From(1)));
  } else {
    constexpr From last = beyond * (From(1) - std::numeric_limits<From>::epsilon() / From(2));
    auto const inside = cast_lanes<To>(min_fast(max_fast(x, lowest), last));
    return select(x >= beyond, limits::max(), inside);
  }
}

/// A float near x, rounded to odd: rounding it again to a shorter format rounds x once.
template <int N> DEEPSEEK_INLINE pack<float, N> round_to_odd(pack<double, N> x) {
  pack<float, N> const nearest = cast_lanes<float>(x);
  pack<double, N> const back = cast_lanes<double>(nearest);
  auto bits = bit_cast_lanes<std::int32_t>(nearest);
  bits = select(abs(back) > abs(x), bits - 1, bits);  // truncated toward zero
  bits = select(back != x, bits | 1, bits);
  return bit_cast_lanes<float>(bits);
}

/// The bits of the stored type S for each lane, rounded once.
template <small_float S, class From, int N>
DEEPSEEK_INLINE pack<bits_of<S>, N> encode_from(pack<From, N> x) {
  if constexpr (std::same_as<From, float>) {
    return encode<S>(x);
  } else if constexpr (std::same_as<From, double>) {
    return encode<S>(round_to_odd(x));
  } else if constexpr (std::is_integral_v<From> && sizeof(From) < 4) {
    return encode<S>(cast_lanes<float>(x));
  } else if constexpr (std::is_integral_v<From> && sizeof(From) == 4) {
    return encode<S>(round_to_odd(cast_lanes<double>(x)));
  } else {
    pack<bits_of<S>, N> r;
    for (int i = 0; i < N; ++i) r.v[i] = S(From(x.v[i])).bits;
    return r;
  }
}

}  // namespace detail

/// convert<To>(x): each lane of x as a To, by the rule of base/convert.hpp.
///
///   * To bool: the mask x != 0 (NaN is true); from a mask: 1 and 0
///   * floating to integer: toward zero, saturated at the limits, NaN -> 0
///   * integer to integer: modulo 2^n;  to floating: rounded once, to nearest even
///   * To f16, bf16, fp8_e4m3, fp8_e5m2: rounded once to that type, and given back as float
///
/// @dtype To and From: the element types; unsigned integers wider than 8 bits only among integers
/// @cost  one to four instructions; int64 to small floats lane by lane
template <class To, class From, int N> DEEPSEEK_INLINE auto convert(pack<From, N> x) {
  if constexpr (std::same_as<To, bool>) {
    return x != From(0);
  } else if constexpr (small_float<To>) {
    return decode<To>(detail::encode_from<To>(x));
  } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    static_assert(
        std::is_signed_v<To> || sizeof(To) == 1,
        "[DS-PACK-CONVERT] convert<To>(pack): of the unsigned types only uint8 can be had "
        "from floating lanes. Fix: convert to int64 first.");
    return detail::truncate_saturated<To>(x);
  } else {
    return detail::cast_lanes<To>(x);
  }
}

template <class To, class From, int N> DEEPSEEK_INLINE auto convert(mask<From, N> m) {
  if constexpr (std::same_as<To, bool>) {
    return m;
  } else if constexpr (small_float<To>) {
    return convert<float>(m);
  } else {
    return select(mask_cast<To>(m), pack<To, N>(To(1)), pack<To, N>(To(0)));
  }
}

/// round_to<S>(x): x as it would be after a store to S and a load; lanes of compute_t<S>.
///   round_to<int8>(pack<int32>) wraps, round_to<bf16>(pack<float>) rounds, round_to<float> is x
template <class S, class From, int N> DEEPSEEK_INLINE auto round_to(pack<From, N> x) {
  if constexpr (std::same_as<S, bool>) return x != From(0);
  else if constexpr (small_float<S>) return convert<S>(x);
  else return detail::cast_lanes<compute_t<S>>(convert<S>(x));
}

/// 0, 1 … N-1.
template <class T, int N> DEEPSEEK_INLINE pack<T, N> iota() {
  if constexpr (N == 1) return pack<T, N>(T(0));
  else {
    auto const half = iota<T, N / 2>();
    return join(half, half + T(N / 2));
  }
}

}  // namespace deepseek::arch
