// SPDX-License-Identifier: Apache-2.0
/// @file Laws of reductions over the lanes.
#include <deepseek/arch/cpu/pack_reduce.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>

#include "pack_cases.hpp"

namespace arch = deepseek::arch;

namespace {

/// The documented order, on a plain array: the upper half is folded onto the lower.
template <class T, class F> T folded(T* x, int n, F f) {
  for (int half = n / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) x[i] = f(x[i], x[i + half]);
  return x[0];
}

}  // namespace

TEST_CASE("pack_reduce: sums and products are taken in the documented order, bit for bit") {
  std::mt19937_64 random(8);
  cases::for_lane_types([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      for (int k = 0; k < 20; ++k) {
        auto const a = cases::some_lanes<T, n()>(random);
        auto const p = cases::to_pack(a);
        using U = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;
        auto b = a, c = a;
        CHECK(cases::same(reduce_add(p),
                          folded(b.data(), n(), [](T x, T y) { return T(U(x) + U(y)); })));
        CHECK(cases::same(reduce_mul(p),
                          folded(c.data(), n(), [](T x, T y) { return T(U(x) * U(y)); })));
        b = a;
        auto const difference = [](auto x, auto y) { return x - y; };  // an order-sensitive rule
        CHECK(cases::same(arch::reduce(p, difference),
                          folded(b.data(), n(), [](T x, T y) { return T(U(x) - U(y)); })));
      }
    });
  });
}

TEST_CASE("pack_reduce: the extremes are the lanes' extremes, and one NaN makes them NaN") {
  std::mt19937_64 random(9);
  cases::for_lane_types([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      for (int k = 0; k < 50; ++k) {
        auto const a = cases::some_lanes<T, n()>(random);
        auto const p = cases::to_pack(a);
        bool nan = false;
        T least = a[0], greatest = a[0];
        for (T x : a) {
          nan = nan || cases::is_nan(x);
          least = x < least ? x : least;
          greatest = x > greatest ? x : greatest;
        }
        T const low = reduce_min(p), high = reduce_max(p);
        CHECK((nan ? cases::is_nan(low) : low == least));
        CHECK((nan ? cases::is_nan(high) : high == greatest));
      }
    });
  });
}

TEST_CASE(
    "pack_reduce: to_bits, any, all and count tell how many lanes are true, for any pattern") {
  std::mt19937_64 random(10);
  cases::for_lane_types([&](auto t) {
    cases::for_sizes([&](auto n) {
      using T = decltype(t);
      for (int k = 0; k < 30; ++k) {
        std::uint64_t const all_bits = n() == 64 ? ~0ULL : (1ULL << (n() % 64)) - 1;
        std::uint64_t const bits = (k == 0   ? 0
                                    : k == 1 ? ~0ULL
                                    : k < 8  ? 1ULL << (random() % n())
                                             : random()) &
                                   all_bits;
        cases::lanes<T, n()> a;
        for (int i = 0; i < n(); ++i) a[std::size_t(i)] = T(bits >> i & 1);
        auto const m = cases::to_pack(a) != T(0);
        CHECK(to_bits(m) == bits);
        CHECK(any(m) == (bits != 0));
        CHECK(all(m) == (bits == all_bits));
        CHECK(count(m) == __builtin_popcountll(bits));
      }
    });
  });
}
