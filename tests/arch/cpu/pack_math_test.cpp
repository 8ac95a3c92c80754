// SPDX-License-Identifier: Apache-2.0
/// @file Laws of min, max, fma and the roots.
#include <deepseek/arch/cpu/pack_math.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "pack_cases.hpp"

namespace arch = deepseek::arch;

TEST_CASE("pack_math: min and max give NaN where either lane is NaN") {
  std::mt19937_64 random(6);
  cases::for_lane_types([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      for (int k = 0; k < 20; ++k) {
        auto const a = cases::some_lanes<T, n()>(random), b = cases::some_lanes<T, n()>(random);
        auto const p = cases::to_pack(a), q = cases::to_pack(b);
        // Zeros of either sign are equal, so values are compared, not bits.
        auto agree = [](T got, T want) {
          return got == want || (cases::is_nan(got) && cases::is_nan(want));
        };
        auto nan_or = [](T x, T y, T z) { return cases::is_nan(x) ? x : cases::is_nan(y) ? y : z; };
        auto const lesser = cases::to_lanes(min(p, q)), greater = cases::to_lanes(max(p, q));
        bool right = true;
        for (std::size_t i = 0; i < std::size_t(n()); ++i) {
          right = right && agree(lesser[i], nan_or(a[i], b[i], a[i] < b[i] ? a[i] : b[i]));
          right = right && agree(greater[i], nan_or(a[i], b[i], a[i] > b[i] ? a[i] : b[i]));
        }
        CHECK(right);
        CHECK(cases::lanes_are(min_fast(p, q), [&](auto i) { return a[i] < b[i] ? a[i] : b[i]; }));
        CHECK(cases::lanes_are(max_fast(p, q), [&](auto i) { return a[i] > b[i] ? a[i] : b[i]; }));
      }
    });
  });
}

TEST_CASE("pack_math: a scalar may stand on either side of min and max") {
  arch::pack<float, 16> const p(2.0f);
  CHECK(get(min(p, 1.0f), 3) == 1.0f);
  CHECK(get(min(5.0f, p), 3) == 2.0f);
  CHECK(get(max(p, 1.0f), 3) == 2.0f);
  CHECK(get(max(5.0f, p), 3) == 5.0f);
  CHECK(std::isnan(get(max(p, std::nanf("")), 0)));
  CHECK(std::isnan(get(max(std::nanf(""), p), 0)));
}

TEST_CASE("pack_math: sqrt, reciprocal and rsqrt round as the scalar operations do") {
  std::mt19937_64 random(7);
  cases::for_types<float, double>([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      for (int k = 0; k < 50; ++k) {
        auto const a = cases::some_lanes<T, n()>(random);
        auto const p = cases::to_pack(a);
        CHECK(cases::lanes_are(sqrt(p), [&](auto i) { return std::sqrt(a[i]); }));
        CHECK(cases::lanes_are(reciprocal(p), [&](auto i) { return T(1) / a[i]; }));
        CHECK(cases::lanes_are(rsqrt(p), [&](auto i) { return T(1) / std::sqrt(a[i]); }));
      }
    });
  });
}

TEST_CASE("pack_math: fma is a * b + c, rounded once where the machine can") {
  // (1 + e)^2 - (1 + 2 e) = e^2 is lost when the product is rounded first.
  cases::for_types<float, double>([](auto t) {
    cases::for_sizes([](auto n) {
      using T = decltype(t);
      using lanes = arch::pack<T, n()>;
      T const e = std::numeric_limits<T>::epsilon();
      T const value = get(fma(lanes(1 + e), lanes(1 + e), lanes(-(1 + 2 * e))), n() - 1);
#if defined(__FMA__)
      CHECK(value == e * e);
#else
      CHECK((value == 0 || value == e * e));
#endif
      CHECK(get(fma(lanes(3), 4, 5), 0) == 17);
    });
  });
  CHECK(get(fma(arch::pack<std::int32_t, 4>(3), 4, 5), 0) == 17);
}
