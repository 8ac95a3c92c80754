// SPDX-License-Identifier: Apache-2.0
/// @file Laws of expm1: accuracy against the C library, and IEEE's special values.
#include <deepseek/arch/cpu/math_expm1.hpp>
#include <doctest/doctest.h>

#include <cmath>

#include "math_cases.hpp"

namespace arch = deepseek::arch;
using cases::infinity;
using cases::not_a_number;

TEST_CASE("expm1: within the stated error of all floats") {
  auto const w = ulp::over_floats([](auto x) { return arch::expm1(x); },
                                  [](double x) { return std::expm1(x); });
  cases::check_error(w, 2.0);
}

TEST_CASE("expm1: within the stated error of doubles") {
  auto const function = [](auto x) { return arch::expm1(x); };
  auto const reference = [](long double x) { return std::expm1(x); };
  cases::check_error(ulp::over_doubles(function, reference, -50, 712), 2.0);
  cases::check_error(ulp::over_doubles(function, reference, -2, 2), 2.0);
}

TEST_CASE("expm1: special values") {
  cases::for_types<float, double>([](auto t) {
    using T = decltype(t);
    auto const f = [](auto x) { return arch::expm1(x); };
    cases::check_value<T>(f, T(0), T(0));
    cases::check_value<T>(f, T(-0.0), T(-0.0));
    cases::check_value<T>(f, infinity<T>, infinity<T>);
    cases::check_value<T>(f, -infinity<T>, T(-1));
    cases::check_value<T>(f, not_a_number<T>, not_a_number<T>);
    cases::check_value<T>(f, std::numeric_limits<T>::denorm_min(),
                          std::numeric_limits<T>::denorm_min());
    cases::check_value<T>(f, std::numeric_limits<T>::max(), infinity<T>);
    cases::check_sizes<T>(f, T(-3), T(3));
  });
}
