// SPDX-License-Identifier: Apache-2.0
/// @file Laws of packs and masks: every operator is the scalar operator in each lane.
#include <deepseek/arch/cpu/pack.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>

#include "pack_cases.hpp"

namespace arch = deepseek::arch;

namespace {

/// Runs f(type, size, random lanes a, random lanes b) for all types and sizes.
template <class F> void for_pairs(F f) {
  std::mt19937_64 random(1);
  cases::for_lane_types([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      for (int round = 0; round < 20; ++round)
        f(cases::some_lanes<T, n()>(random), cases::some_lanes<T, n()>(random));
    });
  });
}

template <class T>
using unsigned_twin = std::make_unsigned_t<std::conditional_t<std::is_integral_v<T>, T, int>>;

/// The scalar operation; integers wrap around, which C++ leaves undefined for signed ones.
template <class T, class F> T wrapped(F f, T a, T b) {
  if constexpr (std::is_integral_v<T>)
    return T(f(std::uint64_t(unsigned_twin<T>(a)), std::uint64_t(unsigned_twin<T>(b))));
  else return f(a, b);
}

template <class T> T quotient(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) return a / b;
  else if (b == 0) return 0;
  else if (std::is_signed_v<T> && b == T(-1)) return T(0 - std::uint64_t(a));
  else return T(a / b);
}

}  // namespace

TEST_CASE("pack: + - * / are the scalar operators in each lane, and integers wrap around") {
  for_pairs([](auto a, auto b) {
    using T = typename decltype(a)::value_type;
    auto const p = cases::to_pack(a), q = cases::to_pack(b);
    auto add = [](auto x, auto y) { return x + y; };
    auto subtract = [](auto x, auto y) { return x - y; };
    auto multiply = [](auto x, auto y) { return x * y; };
    CHECK(cases::lanes_are(p + q, [&](auto i) { return wrapped<T>(add, a[i], b[i]); }));
    CHECK(cases::lanes_are(p - q, [&](auto i) { return wrapped<T>(subtract, a[i], b[i]); }));
    CHECK(cases::lanes_are(p * q, [&](auto i) { return wrapped<T>(multiply, a[i], b[i]); }));
    CHECK(cases::lanes_are(p / q, [&](auto i) { return quotient<T>(a[i], b[i]); }));
    CHECK(cases::lanes_are(-p, [&](auto i) {
      if constexpr (std::is_floating_point_v<T>) return -a[i];
      else return wrapped<T>(subtract, T(0), a[i]);
    }));
    auto r = p;
    r += q;
    r -= q;
    r *= q;
    r /= q;
    CHECK(cases::lanes_are(r, [&](auto i) { return get(((p + q) - q) * q / q, int(i)); }));
  });
}

TEST_CASE("pack: integer division by zero gives 0 and never traps") {
  for_pairs([](auto a, auto) {
    using T = typename decltype(a)::value_type;
    if constexpr (std::is_integral_v<T>) {
      auto const p = cases::to_pack(a);
      CHECK(cases::lanes_are(p / T(0), [](auto) { return T(0); }));
      CHECK(cases::lanes_are(p % T(0), [](auto) { return T(0); }));
    }
  });
}

TEST_CASE("pack: % & | ^ ~ << >> are the scalar operators in each lane") {
  for_pairs([](auto a, auto b) {
    using T = typename decltype(a)::value_type;
    if constexpr (std::is_integral_v<T>) {
      auto const p = cases::to_pack(a), q = cases::to_pack(b);
      CHECK(cases::lanes_are(p % q, [&](auto i) {
        if (b[i] == 0 || (std::is_signed_v<T> && b[i] == T(-1))) return T(0);
        return T(a[i] % b[i]);
      }));
      CHECK(cases::lanes_are(p & q, [&](auto i) { return T(a[i] & b[i]); }));
      CHECK(cases::lanes_are(p | q, [&](auto i) { return T(a[i] | b[i]); }));
      CHECK(cases::lanes_are(p ^ q, [&](auto i) { return T(a[i] ^ b[i]); }));
      CHECK(cases::lanes_are(~p, [&](auto i) { return T(~a[i]); }));
      auto const count = q & T(8 * sizeof(T) - 1);
      auto shift = [&](auto i) { return int(get(count, int(i))); };
      CHECK(
          cases::lanes_are(p << count, [&](auto i) { return T(std::uint64_t(a[i]) << shift(i)); }));
      CHECK(cases::lanes_are(p >> count, [&](auto i) { return T(a[i] >> shift(i)); }));
    }
  });
}

TEST_CASE("pack: comparisons are those of the scalars, NaN is unequal to all") {
  for_pairs([](auto a, auto b) {
    auto const p = cases::to_pack(a), q = cases::to_pack(b);
    CHECK(cases::lanes_are(p == q, [&](auto i) { return a[i] == b[i]; }));
    CHECK(cases::lanes_are(p != q, [&](auto i) { return a[i] != b[i]; }));
    CHECK(cases::lanes_are(p < q, [&](auto i) { return a[i] < b[i]; }));
    CHECK(cases::lanes_are(p <= q, [&](auto i) { return a[i] <= b[i]; }));
    CHECK(cases::lanes_are(p > q, [&](auto i) { return a[i] > b[i]; }));
    CHECK(cases::lanes_are(p >= q, [&](auto i) { return a[i] >= b[i]; }));
  });
}

TEST_CASE("pack: select takes a where the mask is true and b elsewhere, for masks of any width") {
  for_pairs([](auto a, auto b) {
    using T = typename decltype(a)::value_type;
    auto const p = cases::to_pack(a), q = cases::to_pack(b);
    auto const m = p < q;
    auto less = [&](auto i) { return a[i] < b[i]; };
    CHECK(cases::lanes_are(select(m, p, q), [&](auto i) { return less(i) ? a[i] : b[i]; }));
    CHECK(cases::lanes_are(select(m, p, T(3)), [&](auto i) { return less(i) ? a[i] : T(3); }));
    CHECK(cases::lanes_are(select(m, T(3), q), [&](auto i) { return less(i) ? T(3) : b[i]; }));
    cases::for_types<std::int8_t, std::int16_t, float, double>([&](auto u) {
      auto const other = arch::mask_cast<decltype(u)>(m);
      CHECK(cases::lanes_are(other, less));
      CHECK(cases::lanes_are(select(other, p, q), [&](auto i) { return less(i) ? a[i] : b[i]; }));
    });
    CHECK(cases::lanes_are(select(m, p == q, p != q),
                           [&](auto i) { return less(i) ? a[i] == b[i] : a[i] != b[i]; }));
  });
}

TEST_CASE("mask: the logical operators work lane by lane") {
  for_pairs([](auto a, auto b) {
    using T = typename decltype(a)::value_type;
    constexpr int n = int(std::tuple_size_v<decltype(a)>);
    auto const p = cases::to_pack(a), q = cases::to_pack(b);
    auto const m = p < q, o = p != p || q > T(1);
    auto x = [&](auto i) { return a[i] < b[i]; };
    auto y = [&](auto i) { return cases::is_nan(a[i]) || b[i] > T(1); };
    CHECK(cases::lanes_are(m && o, [&](auto i) { return x(i) && y(i); }));
    CHECK(cases::lanes_are(m & o, [&](auto i) { return x(i) && y(i); }));
    CHECK(cases::lanes_are(m || o, [&](auto i) { return x(i) || y(i); }));
    CHECK(cases::lanes_are(m | o, [&](auto i) { return x(i) || y(i); }));
    CHECK(cases::lanes_are(m ^ o, [&](auto i) { return x(i) != y(i); }));
    CHECK(cases::lanes_are(m != o, [&](auto i) { return x(i) != y(i); }));
    CHECK(cases::lanes_are(m == o, [&](auto i) { return x(i) == y(i); }));
    CHECK(cases::lanes_are(!m, [&](auto i) { return !x(i); }));
    CHECK(cases::lanes_are(~m, [&](auto i) { return !x(i); }));
    CHECK(cases::lanes_are(arch::mask<T, n>(true), [](auto) { return true; }));
    CHECK(cases::lanes_are(arch::mask<T, n>(false), [](auto) { return false; }));
  });
}

TEST_CASE("pack: a scalar becomes the same value in every lane, and -0 keeps its sign") {
  arch::pack<float, 16> const p(-0.0f);
  CHECK(cases::lanes_are(p, [](auto) { return -0.0f; }));
  CHECK(cases::lanes_are(arch::pack<float, 16>(3.0f) * 2 + 1, [](auto) { return 7.0f; }));
  CHECK(cases::lanes_are(1.0 / arch::pack<double, 8>(4.0), [](auto) { return 0.25; }));
}

TEST_CASE("pack: get and set reach a single lane, bit_cast_lanes keeps the bits") {
  arch::pack<float, 8> p(1.0f);
  set(p, 5, 2.0f);
  CHECK(cases::lanes_are(p, [](auto i) { return i == 5 ? 2.0f : 1.0f; }));
  CHECK(get(p, 5) == 2.0f);
  auto const bits = arch::bit_cast_lanes<std::uint32_t>(p);
  CHECK(get(bits, 0) == 0x3f80'0000U);
  CHECK(get(bits, 5) == 0x4000'0000U);
}
