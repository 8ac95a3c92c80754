// SPDX-License-Identifier: Apache-2.0
/// @file Laws of sin and cos: accuracy against the C library, and IEEE's special values.
#include <deepseek/arch/cpu/math_trig.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "math_cases.hpp"

namespace arch = deepseek::arch;
using cases::infinity;
using cases::not_a_number;

TEST_CASE("sin: within the stated error of all floats, the largest too") {
  auto const w =
      ulp::over_floats([](auto x) { return arch::sin(x); }, [](double x) { return std::sin(x); });
  cases::check_error(w, 1.2);
}

TEST_CASE("cos: within the stated error of all floats, the largest too") {
  auto const w =
      ulp::over_floats([](auto x) { return arch::cos(x); }, [](double x) { return std::cos(x); });
  cases::check_error(w, 1.2);
}

TEST_CASE("sin, cos: within the stated error of doubles") {
  auto const s = [](auto x) { return arch::sin(x); };
  auto const c = [](auto x) { return arch::cos(x); };
  auto const long_sin = [](long double x) { return std::sin(x); };
  auto const long_cos = [](long double x) { return std::cos(x); };
  for (double reach : {4.0, 1e4, 1e6}) {
    cases::check_error(ulp::over_doubles(s, long_sin, -reach, reach), 1.2);
    cases::check_error(ulp::over_doubles(c, long_cos, -reach, reach), 1.2);
  }
}

TEST_CASE("sin, cos: next to the multiples of pi/2, where almost everything cancels") {
  double worst = 0;
  for (int k = 0; k < 65536; ++k) {
    float const near = float(k * 1.5707963267948966);
    double const near_double = (k % 6366) * 1.5707963267948966;
    float const s = get(arch::sin(arch::pack<float, 4>(near)), 0);
    float const c = get(arch::cos(arch::pack<float, 4>(near)), 0);
    double const t = get(arch::sin(arch::pack<double, 2>(near_double)), 0);
    worst = std::fmax(worst, ulp::error(s, std::sin(double(near))));
    worst = std::fmax(worst, ulp::error(c, std::cos(double(near))));
    worst = std::fmax(worst, ulp::error(t, std::sin((long double)near_double)));
  }
  CHECK(worst <= 1.2);
}

TEST_CASE("sin, cos: special values, also beside lanes that need the slow way") {
  cases::for_types<float, double>([](auto t) {
    using T = decltype(t);
    auto const s = [](auto x) { return arch::sin(x); };
    auto const c = [](auto x) { return arch::cos(x); };
    cases::check_value<T>(s, T(0), T(0));
    cases::check_value<T>(s, T(-0.0), T(-0.0));
    cases::check_value<T>(c, T(0), T(1));
    cases::check_value<T>(s, std::numeric_limits<T>::denorm_min(),
                          std::numeric_limits<T>::denorm_min());
    for (T x : {infinity<T>, -infinity<T>, not_a_number<T>}) {
      cases::check_value<T>(s, x, not_a_number<T>);
      cases::check_value<T>(c, x, not_a_number<T>);
    }
    cases::check_sizes<T>(s, T(-9), T(9));
    cases::check_sizes<T>(c, T(-9), T(9));

    arch::pack<T, 4> mixed(T(1));
    set(mixed, 2, T(1e20));
    CHECK(ulp::error(get(arch::sin(mixed), 0), std::sin((long double)1)) <= 1.2);
    CHECK(ulp::error(get(arch::sin(mixed), 2), std::sin((long double)(T(1e20)))) <= 1.2);
    CHECK(ulp::error(get(arch::cos(mixed), 2), std::cos((long double)(T(1e20)))) <= 1.2);
  });
}
