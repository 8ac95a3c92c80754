// SPDX-License-Identifier: Apache-2.0
/// @file Laws of halves.
#include <deepseek/arch/cpu/pack_split.hpp>
#include <doctest/doctest.h>

#include <random>

#include "pack_cases.hpp"

namespace arch = deepseek::arch;

TEST_CASE("pack_split: low and high are the halves, and join puts them together again") {
  std::mt19937_64 random(2);
  cases::for_lane_types([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      if constexpr (n() > 1) {
        constexpr int half = n() / 2;
        auto const a = cases::some_lanes<T, n()>(random);
        auto const p = cases::to_pack(a);
        CHECK(cases::lanes_are(low(p), [&](auto i) { return a[i]; }));
        CHECK(cases::lanes_are(high(p), [&](auto i) { return a[i + half]; }));
        CHECK(cases::lanes_are(join(low(p), high(p)), [&](auto i) { return a[i]; }));
        CHECK(cases::lanes_are(join(high(p), low(p)), [&](auto i) { return a[(i + half) % n()]; }));
        auto const m = p > T(0);
        CHECK(cases::lanes_are(low(m), [&](auto i) { return a[i] > T(0); }));
        CHECK(cases::lanes_are(high(m), [&](auto i) { return a[i + half] > T(0); }));
        CHECK(cases::lanes_are(join(low(m), high(m)), [&](auto i) { return a[i] > T(0); }));
      }
    });
  });
}
