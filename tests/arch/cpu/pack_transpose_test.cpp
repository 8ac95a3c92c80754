// SPDX-License-Identifier: Apache-2.0
/// @file Laws of transposing packs in registers.
#include <deepseek/arch/cpu/pack_transpose.hpp>
#include <doctest/doctest.h>

#include <random>

#include "pack_cases.hpp"

namespace arch = deepseek::arch;

namespace {

/// f(T, N) for the sizes that transpose: 2 to 16.
template <class F> void for_squares(F f) {
  cases::for_lane_types([&](auto t) {
    cases::for_sizes([&](auto n) {
      if constexpr (n() > 1 && n() <= 16) f(t, n);
    });
  });
}

}  // namespace

TEST_CASE("pack_transpose: interleaving takes lanes of a and b in turn, from either half") {
  std::mt19937_64 random(3);
  for_squares([&](auto t, auto n) {
    using T = decltype(t);
    auto const a = cases::some_lanes<T, n()>(random);
    auto const b = cases::some_lanes<T, n()>(random);
    auto const p = cases::to_pack(a);
    auto const q = cases::to_pack(b);
    constexpr int half = n() / 2;
    CHECK(cases::lanes_are(interleave_low(p, q),
                           [&](auto i) { return i % 2 == 0 ? a[i / 2] : b[i / 2]; }));
    CHECK(cases::lanes_are(interleave_high(p, q),
                           [&](auto i) { return i % 2 == 0 ? a[half + i / 2] : b[half + i / 2]; }));
  });
}

TEST_CASE("pack_transpose: row[i][j] becomes row[j][i]") {
  for_squares([&](auto t, auto n) {
    using T = decltype(t);
    arch::pack<T, n()> row[n()];
    for (int i = 0; i < n(); ++i)
      for (int j = 0; j < n(); ++j) set(row[i], j, static_cast<T>(i * 16 + j));
    transpose(row);
    for (int i = 0; i < n(); ++i)
      CHECK(cases::lanes_are(row[i], [&](auto j) { return static_cast<T>(int(j) * 16 + i); }));
  });
}
