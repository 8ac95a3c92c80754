// SPDX-License-Identifier: Apache-2.0
/// @file Laws of exp and exp2: accuracy against the C library, and IEEE's special values.
#include <deepseek/arch/cpu/math_exp.hpp>
#include <doctest/doctest.h>

#include <cmath>

#include "math_cases.hpp"

namespace arch = deepseek::arch;
using cases::infinity;
using cases::not_a_number;

TEST_CASE("exp: within the stated error of all floats, subnormal results too") {
  auto const w =
      ulp::over_floats([](auto x) { return arch::exp(x); }, [](double x) { return std::exp(x); });
  cases::check_error(w, 1.2);
}

TEST_CASE("exp: within the stated error of doubles, subnormal results too") {
  auto const function = [](auto x) { return arch::exp(x); };
  auto const reference = [](long double x) { return std::exp(x); };
  cases::check_error(ulp::over_doubles(function, reference, -750, 712), 1.2);
  cases::check_error(ulp::over_doubles(function, reference, -4, 4), 1.2);
}

TEST_CASE("exp2: within the stated error of all floats, exact for integers") {
  auto const function = [](auto x) { return arch::exp2(x); };
  cases::check_error(ulp::over_floats(function, [](double x) { return std::exp2(x); }), 1.2);
  for (int n = -149; n < 128; ++n)
    cases::check_value<float>(function, float(n), std::ldexp(1.0f, n));
}

TEST_CASE("exp: special values") {
  cases::for_types<float, double>([](auto t) {
    using T = decltype(t);
    auto const f = [](auto x) { return arch::exp(x); };
    cases::check_value<T>(f, T(0), T(1));
    cases::check_value<T>(f, T(-0.0), T(1));
    cases::check_value<T>(f, infinity<T>, infinity<T>);
    cases::check_value<T>(f, -infinity<T>, T(0));
    cases::check_value<T>(f, not_a_number<T>, not_a_number<T>);
    cases::check_value<T>(f, std::numeric_limits<T>::max(), infinity<T>);
    cases::check_value<T>(f, std::numeric_limits<T>::lowest(), T(0));
    cases::check_sizes<T>(f, T(-80), T(80));
  });
  auto const f = [](auto x) { return arch::exp2(x); };
  cases::check_value<float>(f, infinity<float>, infinity<float>);
  cases::check_value<float>(f, -infinity<float>, 0.0f);
  cases::check_value<float>(f, not_a_number<float>, not_a_number<float>);
  cases::check_value<float>(f, 128.0f, infinity<float>);
  cases::check_value<float>(f, -151.0f, 0.0f);
  cases::check_sizes<float>(f, -80, 80);
}
