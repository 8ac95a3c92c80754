// SPDX-License-Identifier: Apache-2.0
/// @file sin and cos of packs.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>

#include <deepseek/arch/cpu/detail/math_support.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_cast.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_reduce.hpp>  // any

namespace deepseek::arch {

namespace detail {

/// |x| = quarter_turns * pi/2 + rest + lost with |rest| <= pi/4 and a little, lost below rest's last
/// bit; only the two lowest bits of quarter_turns matter.
template <std::floating_point T, int N> struct reduced_angle {
  pack<signed_of<T>, N> quarter_turns;
  pack<T, N> rest, lost;
};

/// Up to here the reduction is good to the last bit; beyond, lanes go to the C library.
template <std::floating_point T>
inline constexpr T largest_angle = sizeof(T) == 4 ? T(1e5) : T(1e4);

/// pi/2 as a sum of three; the first two are so short that a product with quarter_turns is exact.
template <int N> DEEPSEEK_INLINE reduced_angle<double, N> reduce_angle(pack<double, N> x) {
  auto const shifted = x * 0x1.45f306dc9c883p-1 + integer_in_low_bits<double>;
  auto const turns = shifted - integer_in_low_bits<double>;
  auto const first = x - turns * 0x1.921fb544p0;  // exact: a multiple of the last bit of both
  auto const second = turns * 0x1.0b4611a6p-34;
  auto const rest = first - second;
  auto const lost = ((first - rest) - second) - turns * 0x1.3198a2e037073p-69;
  return {bit_cast_lanes<std::int64_t>(shifted), rest, lost};
}

template <int N> DEEPSEEK_INLINE reduced_angle<float, N> reduce_angle(pack<float, N> x) {
#if defined(__FMA__)
  auto const shifted = fma(x, 0x1.45f306p-1f, integer_in_low_bits<float>);
  auto const turns = shifted - integer_in_low_bits<float>;
  auto const first = fma(turns, -0x1.921fb6p0f, x);  // exact, as above
  auto const second = turns * -0x1.777a5cp-25f;      // rounded: the fma below knows by how much
  auto const rest = first - second;
  auto const lost = fma(turns, 0x1.777a5cp-25f, second) + ((first - rest) - second);
  return {bit_cast_lanes<std::int32_t>(shifted), rest, fma(turns, 0x1.ee59dap-50f, lost)};
#else
  // Without a fused multiply-add, double has the room for exact products.
  auto const below = reduce_angle(cast_lanes<double>(low(x)));
  auto const above = reduce_angle(cast_lanes<double>(high(x)));
  auto const rest = join(cast_lanes<float>(below.rest), cast_lanes<float>(above.rest));
  auto const lost = join(cast_lanes<float>(below.rest - cast_lanes<double>(low(rest))),
                         cast_lanes<float>(above.rest - cast_lanes<double>(high(rest))));
  return {join(cast_lanes<std::int32_t>(below.quarter_turns),
               cast_lanes<std::int32_t>(above.quarter_turns)),
          rest, lost};
#endif
}

/// sin(r + lost) and cos(r + lost) for |r| <= pi/4; s = r^2.
template <int N>
DEEPSEEK_INLINE pack<float, N> sin_of_rest(pack<float, N> r, pack<float, N> lost,
                                           pack<float, N> s) {
  auto const p = polynomial(s, -0x1.555546p-3f, 0x1.110774p-7f, -0x1.9951e8p-13f);
  return fma(r * s, p, lost) + r;
}
template <int N>
DEEPSEEK_INLINE pack<double, N> sin_of_rest(pack<double, N> r, pack<double, N> lost,
                                            pack<double, N> s) {
  auto const p = polynomial(s, -0x1.5555555555548p-3, 0x1.111111110f73p-7, -0x1.a01a019be9224p-13,
                            0x1.71de35552cae8p-19, -0x1.ae5e4b85639dep-26, 0x1.5d8b561f0644dp-33);
  return fma(r * s, p, lost) + r;
}
template <int N> DEEPSEEK_INLINE pack<float, N> cos_polynomial(pack<float, N> s) {
  return polynomial(s, 0x1.55554ap-5f, -0x1.6c0c28p-10f, 0x1.99e80cp-16f);
}
template <int N> DEEPSEEK_INLINE pack<double, N> cos_polynomial(pack<double, N> s) {
  return polynomial(s, 0x1.555555555554bp-5, -0x1.6c16c16c15005p-10, 0x1.a01a019c8c7ecp-16,
                    -0x1.27e4f7ef0f677p-22, 0x1.1ee9d9c88a83dp-29, -0x1.8fa554d3db532p-37);
}
template <std::floating_point T, int N>
DEEPSEEK_INLINE pack<T, N> cos_of_rest(pack<T, N> r, pack<T, N> lost, pack<T, N> s) {
  // 1 - s/2 loses up to half a bit, which is added back with the small terms.
  auto const near_one = fma(s, T(-0.5), T(1));
  auto const rounding = fma(s, T(-0.5), T(1) - near_one);
  return near_one + fma(s * s, cos_polynomial(s), fma(r, -lost, rounding));
}

struct sin_call {
  template <std::floating_point T> static T call(T x) { return std::sin(x); }
};
struct cos_call {
  template <std::floating_point T> static T call(T x) { return std::cos(x); }
};

/// sin(x) for Quarter = 0, cos(x) = sin(|x| + pi/2) for Quarter = 1.
template <int Quarter, class Call> struct sin_rule {
  template <std::floating_point T, int N> static DEEPSEEK_INLINE pack<T, N> apply(pack<T, N> x) {
    using bits = signed_of<T>;
    constexpr int to_sign = 8 * int(sizeof(T)) - 2;  // from bit 1 to the sign
    auto const magnitude = abs(x);
    auto const [turns, r, lost] = reduce_angle(magnitude);
    auto const quarters = turns + bits(Quarter);
    auto const s = r * r;
    auto const value =
        select((quarters & bits(1)) == bits(0), sin_of_rest(r, lost, s), cos_of_rest(r, lost, s));
    auto sign = (quarters << bits(to_sign)) & sign_bit<T>;
    if constexpr (Quarter == 0) sign = sign ^ (bit_cast_lanes<bits>(x) & sign_bit<T>);
    auto result = bit_cast_lanes<T>(bit_cast_lanes<bits>(value) ^ sign);
    auto const far = magnitude > largest_angle<T>;
    if (__builtin_expect(any(far), 0)) result = select(far, lane_by_lane<Call>(x), result);
    return result;
  }
};

}  // namespace detail

/// sin(x), x in radians.
///
/// @edge  +-infinity and NaN -> NaN, -0 -> -0
/// @error float: 0.88 ulp over all floats, at most 1.2 without FMA (tested on every 4099th); double: 0.82 ulp
///        (sampled)
/// @cost  float: 24 instructions with AVX-512; a pack with |x| > 1e5 (double: 1e4) in it costs a call
///        of the C library for each lane
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> sin(pack<T, N> x) {
  return detail::by_register<detail::sin_rule<0, detail::sin_call>>(x);
}

/// cos(x), x in radians. As sin.
///
/// @edge  +-infinity and NaN -> NaN
/// @error float: 0.87 ulp over all floats, at most 1.2 without FMA (tested on every 4099th); double: 0.80 ulp
///        (sampled)
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> cos(pack<T, N> x) {
  return detail::by_register<detail::sin_rule<1, detail::cos_call>>(x);
}

}  // namespace deepseek::arch
