// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the running sum.
#include <deepseek/arch/cpu/pack_scan.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>

#include "pack_cases.hpp"

TEST_CASE("pack_scan: lane i is the sum of the lanes up to i") {
  std::mt19937_64 random(11);
  cases::for_lane_types([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      cases::lanes<T, n()> a;
      for (T& x : a) x = T(int(random() % 9) - 4);  // small integers: exact in every order
      T sums[n()];
      T sum = 0;
      for (int i = 0; i < n(); ++i) sums[i] = sum = T(sum + a[std::size_t(i)]);
      CHECK(
          cases::lanes_are(inclusive_scan_add(cases::to_pack(a)), [&](auto i) { return sums[i]; }));
    });
  });
}

TEST_CASE("pack_scan: a NaN stays out of the lanes below it") {
  cases::lanes<float, 16> a;
  a.fill(1.0f);
  a[7] = NAN;
  auto const p = inclusive_scan_add(cases::to_pack(a));
  for (int i = 0; i < 16; ++i) CHECK(std::isnan(get(p, i)) == (i >= 7));
  CHECK(get(p, 6) == 7.0f);
}
