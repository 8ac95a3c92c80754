// SPDX-License-Identifier: Apache-2.0
/// @file Laws of plain lane conversions: static_cast in each lane, between all types and sizes.
#include <deepseek/arch/cpu/pack_cast.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <random>

#include "pack_cases.hpp"

TEST_CASE("cast_lanes: integers convert to every type as static_cast does") {
  std::mt19937_64 random(12);
  cases::for_lane_types([&](auto from) {
    cases::for_lane_types([&](auto to) {
      cases::for_sizes([&](auto n) {
        using From = decltype(from);
        using To = decltype(to);
        if constexpr (std::is_integral_v<From>) {
          for (int k = 0; k < 10; ++k) {
            auto const a = cases::some_lanes<From, n()>(random);
            CHECK(cases::lanes_are(deepseek::arch::detail::cast_lanes<To>(cases::to_pack(a)),
                                   [&](auto i) { return To(a[i]); }));
          }
        }
      });
    });
  });
}

TEST_CASE("cast_lanes: floating lanes round to nearest, or are cut where they fit an integer") {
  std::mt19937_64 random(13);
  cases::for_types<float, double>([&](auto from) {
    cases::for_sizes([&](auto n) {
      using From = decltype(from);
      auto const a = cases::some_lanes<From, n()>(random);
      CHECK(cases::lanes_are(deepseek::arch::detail::cast_lanes<float>(cases::to_pack(a)),
                             [&](auto i) { return float(a[i]); }));
      CHECK(cases::lanes_are(deepseek::arch::detail::cast_lanes<double>(cases::to_pack(a)),
                             [&](auto i) { return double(a[i]); }));
      cases::for_types<std::int8_t, std::int16_t, std::int32_t, std::int64_t>([&](auto to) {
        using To = decltype(to);
        cases::lanes<From, n()> small;
        for (From& x : small) x = From(int(random() % 2001) - 1000) / From(8);
        CHECK(cases::lanes_are(deepseek::arch::detail::cast_lanes<To>(cases::to_pack(small)),
                               [&](auto i) { return To(small[i]); }));
      });
    });
  });
}
