// SPDX-License-Identifier: Apache-2.0
/// @file Laws of erf and erfc: accuracy against the C library, and IEEE's special values.
#include <deepseek/arch/cpu/math_erf.hpp>
#include <doctest/doctest.h>

#include <cmath>

#include "math_cases.hpp"

namespace arch = deepseek::arch;
using cases::infinity;
using cases::not_a_number;

TEST_CASE("erf: within the stated error of all floats") {
  auto const w =
      ulp::over_floats([](auto x) { return arch::erf(x); }, [](double x) { return std::erf(x); });
  cases::check_error(w, 1.7);
}

TEST_CASE("erf: special values") {
  cases::for_types<float, double>([](auto t) {
    using T = decltype(t);
    auto const f = [](auto x) { return arch::erf(x); };
    cases::check_value<T>(f, T(0), T(0));
    cases::check_value<T>(f, T(-0.0), T(-0.0));
    cases::check_value<T>(f, infinity<T>, T(1));
    cases::check_value<T>(f, -infinity<T>, T(-1));
    cases::check_value<T>(f, not_a_number<T>, not_a_number<T>);
    cases::check_value<T>(f, T(100), T(1));
    cases::check_sizes<T>(f, T(-3), T(3));
  });
}

TEST_CASE("erf of double and erfc are the C library's in each lane") {
  std::mt19937_64 random(24);
  auto const a = cases::some_lanes<double, 16>(random);
  CHECK(cases::lanes_are(arch::erf(cases::to_pack(a)), [&](auto i) { return std::erf(a[i]); }));
  CHECK(cases::lanes_are(arch::erfc(cases::to_pack(a)), [&](auto i) { return std::erfc(a[i]); }));
  auto const b = cases::some_lanes<float, 16>(random);
  CHECK(cases::lanes_are(arch::erfc(cases::to_pack(b)), [&](auto i) { return std::erfc(b[i]); }));
}
