// SPDX-License-Identifier: Apache-2.0
/// @file erf and erfc of packs.
#pragma once

#include <cmath>
#include <concepts>

#include <deepseek/arch/cpu/detail/math_support.hpp>
#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>

namespace deepseek::arch {

namespace detail {

struct erf_rule {
  template <int N> static DEEPSEEK_INLINE pack<float, N> apply(pack<float, N> x) {
    using floats = pack<float, N>;
    auto const a = min_fast(floats(3.95f), abs(x));  // erf rounds to 1 from 3.84 on
    auto const small = fma(a,
                           polynomial(a * a, 0x1.06eba6p-3f, -0x1.8126eap-2f, 0x1.ce1b0ep-4f,
                                      -0x1.b6939p-6f, 0x1.476882p-8f, -0x1.3ac59p-11f),
                           a);
    // Above: 1 - 2^-p(a).
    auto const z = polynomial(a, -0x1.1c9bc6p-12f, -0x1.a07ef2p0f, -0x1.d69f42p-1f, -0x1.33378cp-3f,
                              0x1.06f434p-5f, -0x1.204306p-8f, 0x1.29468cp-12f);
    auto const n = round_small(z);
    auto const power = polynomial(z - n, 1.0f, 0x1.62e432p-1f, 0x1.ebfbe6p-3f, 0x1.c6ada6p-5f,
                                  0x1.3b21cap-7f, 0x1.5fc0e4p-10f, 0x1.4baedcp-13f) *
                       power_of_two(n);
    return copysign(select(a < 0.92f, small, 1.0f - power), x);
  }
};

struct erf_call {
  template <std::floating_point T> static T call(T x) { return std::erf(x); }
};
struct erfc_call {
  template <std::floating_point T> static T call(T x) { return std::erfc(x); }
};

}  // namespace detail

/// erf(x): 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x.
///
/// @edge  +-infinity -> +-1, NaN -> NaN, -0 -> -0; never beyond 1
/// @error float: 1.29 ulp over all floats, 1.56 without FMA; double: the C library's
/// @cost  float: 29 instructions with AVX-512; double: a call for each lane
template <int N> DEEPSEEK_INLINE pack<float, N> erf(pack<float, N> x) {
  return detail::by_register<detail::erf_rule>(x);
}
template <int N> DEEPSEEK_INLINE pack<double, N> erf(pack<double, N> x) {
  return detail::lane_by_lane<detail::erf_call>(x);
}

/// erfc(x): 1 - erf(x), accurate for large x. The C library's, a call for each lane.
template <std::floating_point T, int N> DEEPSEEK_INLINE pack<T, N> erfc(pack<T, N> x) {
  return detail::lane_by_lane<detail::erfc_call>(x);
}

}  // namespace deepseek::arch
