// SPDX-License-Identifier: Apache-2.0
/// @file What the tests of elementary functions share: bounds with values, special values, all sizes.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

#include "pack_cases.hpp"
#include "ulp.hpp"

namespace cases {

/// Fails with the worst input in the message when the error is above the bound.
template <class T> void check_error(ulp::worst<T> w, double bound) {
  INFO("worst: ", w.ulp, " ulp at ", w.at, ", got ", w.got);
  CHECK(w.ulp <= bound);
  if (std::getenv("ULP_STRIDE")) MESSAGE(w.ulp, " ulp at ", w.at);
}

/// A lane's value does not depend on the size of the pack it is in, nor on its neighbours.
template <class T, class F> void check_sizes(F function, T lowest, T highest) {
  std::mt19937_64 random(23);
  std::uniform_real_distribution<T> values(lowest, highest);
  for_sizes([&](auto n) {
    lanes<T, n()> a;
    for (T& x : a) x = values(random);
    // Registers of another width may take another instruction sequence: a last bit may differ.
    auto const whole = to_lanes(function(to_pack(a)));
    auto const alone = [&](T x) { return get(function(arch::pack<T, 1>(x)), 0); };
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(ulp::error(whole[i], alone(a[i])) <= 1.0);
  });
}

/// function(x) is exactly `want` in a full register, the sign of zero included; NaN equals NaN.
template <class T, class F> void check_value(F function, T x, T want) {
  T const got = get(function(arch::pack<T, arch::vector_bytes / int(sizeof(T))>(x)), 1);
  INFO("at ", x, ": ", got, ", wanted ", want);
  CHECK(same(got, want));
}

template <class T> inline constexpr T infinity = std::numeric_limits<T>::infinity();
template <class T> inline constexpr T not_a_number = std::numeric_limits<T>::quiet_NaN();

}  // namespace cases
