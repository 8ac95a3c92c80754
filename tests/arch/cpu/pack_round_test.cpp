// SPDX-License-Identifier: Apache-2.0
/// @file Laws of rounding: the C library's results, signs of zero included.
#include <deepseek/arch/cpu/pack_round.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>

#include "pack_cases.hpp"

namespace arch = deepseek::arch;

namespace {

template <class T, int N> void check_lanes(cases::lanes<T, N> a) {
  auto const p = cases::to_pack(a);
  CHECK(cases::lanes_are(floor(p), [&](auto i) { return std::floor(a[i]); }));
  CHECK(cases::lanes_are(ceil(p), [&](auto i) { return std::ceil(a[i]); }));
  CHECK(cases::lanes_are(round(p), [&](auto i) { return std::nearbyint(a[i]); }));
  CHECK(cases::lanes_are(trunc(p), [&](auto i) { return std::trunc(a[i]); }));
  CHECK(cases::lanes_are(abs(p), [&](auto i) { return std::fabs(a[i]); }));
}

}  // namespace

TEST_CASE("pack_round: floor, ceil, round, trunc and abs are the C library's in each lane") {
  std::mt19937_64 random(3);
  cases::for_types<float, double>([&](auto t) {
    cases::for_sizes([&](auto n) {
      for (int i = 0; i < 50; ++i)
        check_lanes<decltype(t), n()>(cases::some_lanes<decltype(t), n()>(random));
    });
  });
}

TEST_CASE("pack_round: halves go to the even neighbour, up to where there are no halves") {
  for (float x = -20; x < 20; x += 0.25f) check_lanes<float, 4>({x, -x, x + 4e6f, x - 8e6f});
  for (double x = -20; x < 20; x += 0.25) check_lanes<double, 4>({x, -x, x + 2e15, x - 4e15});
}

TEST_CASE("pack_round: rounding by adding, for processors without the instruction, is the same") {
  using arch::detail::rounding;
  std::mt19937_64 random(4);
  cases::for_types<float, double>([&](auto t) {
    using T = decltype(t);
    for (int k = 0; k < 2000; ++k) {
      auto const a = cases::some_lanes<T, 8>(random);
      auto const p = cases::to_pack(a);
      CHECK(cases::lanes_are(arch::detail::round_by_adding<rounding::nearest>(p),
                             [&](auto i) { return std::nearbyint(a[i]); }));
      CHECK(cases::lanes_are(arch::detail::round_by_adding<rounding::down>(p),
                             [&](auto i) { return std::floor(a[i]); }));
      CHECK(cases::lanes_are(arch::detail::round_by_adding<rounding::up>(p),
                             [&](auto i) { return std::ceil(a[i]); }));
      CHECK(cases::lanes_are(arch::detail::round_by_adding<rounding::toward_zero>(p),
                             [&](auto i) { return std::trunc(a[i]); }));
    }
  });
}

TEST_CASE("pack_round: copysign takes the magnitude of one and the sign of the other") {
  std::mt19937_64 random(5);
  cases::for_types<float, double>([&](auto t) {
    for (int k = 0; k < 50; ++k) {
      auto const a = cases::some_lanes<decltype(t), 16>(random);
      auto const b = cases::some_lanes<decltype(t), 16>(random);
      CHECK(cases::lanes_are(copysign(cases::to_pack(a), cases::to_pack(b)),
                             [&](auto i) { return std::copysign(a[i], b[i]); }));
    }
  });
}

TEST_CASE("pack_round: integers stay as they are, and abs of the lowest wraps around") {
  arch::pack<std::int32_t, 4> p(-7);
  set(p, 1, std::numeric_limits<std::int32_t>::lowest());
  set(p, 2, 9);
  auto const a = cases::to_lanes(p);
  CHECK(cases::lanes_are(floor(p), [&](auto i) { return a[i]; }));
  CHECK(cases::lanes_are(round(p), [&](auto i) { return a[i]; }));
  CHECK(cases::lanes_are(abs(p), [&](auto i) { return i == 1 ? a[i] : i == 2 ? 9 : 7; }));
  CHECK(get(abs(arch::pack<std::uint8_t, 4>(std::uint8_t(200))), 0) == 200);
}
