// SPDX-License-Identifier: Apache-2.0
/// @file Laws of convert: the rule of base/convert.hpp in each lane, for every pair of element types.
#include <deepseek/arch/cpu/pack_convert.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>

#include "pack_cases.hpp"

namespace arch = deepseek::arch;

namespace {

/// Values at and around the limits of all the types.
template <class From, int N, class Random> cases::lanes<From, N> edge_lanes(Random& random) {
  if constexpr (std::is_integral_v<From>) {
    return cases::some_lanes<From, N>(random);
  } else {
    cases::lanes<From, N> a = cases::some_lanes<From, N>(random);
    double const powers[] = {7, 8, 15, 16, 24, 31, 32, 53, 63, 64};
    for (From& x : a) {
      if (random() % 2) continue;
      From const power = From(std::exp2(powers[random() % std::size(powers)]));
      From const near[] = {power, power - 1, power + 1, std::nextafter(power, From(0)), power / 3};
      x = near[random() % std::size(near)] * From(random() % 2 ? 1 : -1);
    }
    return a;
  }
}

template <class To, class From, int N> bool agrees(cases::lanes<From, N> const& a) {
  auto const p = cases::to_pack(a);
  if constexpr (std::is_same_v<To, bool>)
    return cases::lanes_are(arch::convert<bool>(p), [&](auto i) { return a[i] != From(0); });
  else
    return cases::lanes_are(arch::convert<To>(p), [&](auto i) {
      auto const alone = deepseek::convert<To>(a[i]);
      if constexpr (arch::small_float<To>) return float(alone);
      else return alone;
    });
}

}  // namespace

TEST_CASE("convert: every lane becomes what base/convert.hpp makes of it alone") {
  std::mt19937_64 random(15);
  cases::for_types<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t>([&](auto from) {
    cases::for_types<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                     std::uint8_t, bool, deepseek::f16, deepseek::bf16, deepseek::fp8_e4m3,
                     deepseek::fp8_e5m2>([&](auto to) {
      cases::for_types<std::integral_constant<int, 2>, std::integral_constant<int, 8>,
                       std::integral_constant<int, 16>>([&](auto n) {
        bool all = true;
        for (int k = 0; k < 300; ++k)
          all = all &&
                agrees<decltype(to), decltype(from), n()>(edge_lanes<decltype(from), n()>(random));
        CHECK(all);
      });
    });
  });
}

TEST_CASE("convert: from double, int32 and int64 a small float is rounded once, not twice") {
  // 1 + 2^-11 + 2^-30 rounds up in f16; by way of float it would look like a tie and round down.
  double const x = 1 + 0x1p-11 + 0x1p-30;
  CHECK(get(arch::convert<deepseek::f16>(arch::pack<double, 8>(x)), 0) == 1.0f + 0x1p-10f);
  std::int32_t const i = (1 << 30) + (1 << 22) + 1;  // a tie in bf16 but for the last bit
  CHECK(get(arch::convert<deepseek::bf16>(arch::pack<std::int32_t, 8>(i)), 0) == 0x1.02p30f);
  std::int64_t const j = (1LL << 60) + (1LL << 52) + 1;
  CHECK(get(arch::convert<deepseek::bf16>(arch::pack<std::int64_t, 8>(j)), 0) == 0x1.02p60f);
}

TEST_CASE("convert: a mask becomes ones and zeros") {
  cases::lanes<float, 8> const a{0, 1, 2, 0, NAN, -0.0f, 3, 4};
  auto const m = cases::to_pack(a) != 0.0f;
  auto one = [&](auto i) { return a[i] != 0.0f ? 1 : 0; };
  CHECK(cases::lanes_are(arch::convert<float>(m), one));
  CHECK(cases::lanes_are(arch::convert<double>(m), one));
  CHECK(cases::lanes_are(arch::convert<std::int32_t>(m), one));
  CHECK(cases::lanes_are(arch::convert<std::int64_t>(m), one));
  CHECK(cases::lanes_are(arch::convert<std::uint8_t>(m), one));
  CHECK(cases::lanes_are(arch::convert<deepseek::bf16>(m), one));
}

TEST_CASE("round_to: a value as it comes back from memory of that type") {
  std::mt19937_64 random(16);
  for (int k = 0; k < 200; ++k) {
    auto const a = edge_lanes<float, 16>(random);
    auto const p = cases::to_pack(a);
    CHECK(cases::lanes_are(arch::round_to<float>(p), [&](auto i) { return a[i]; }));
    CHECK(cases::lanes_are(arch::round_to<deepseek::bf16>(p),
                           [&](auto i) { return float(deepseek::bf16(a[i])); }));
    auto const b = cases::some_lanes<std::int32_t, 16>(random);
    CHECK(cases::lanes_are(arch::round_to<std::int8_t>(cases::to_pack(b)),
                           [&](auto i) { return std::int32_t(std::int8_t(b[i])); }));
  }
  static_assert(std::is_same_v<decltype(arch::round_to<std::int8_t>(arch::pack<float, 4>())),
                               arch::pack<std::int32_t, 4>>);
}

TEST_CASE("iota: lane i is i") {
  cases::for_lane_types([](auto t) {
    cases::for_sizes([](auto n) {
      CHECK(cases::lanes_are(arch::iota<decltype(t), n()>(), [](auto i) { return i; }));
    });
  });
}
