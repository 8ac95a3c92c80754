// SPDX-License-Identifier: Apache-2.0
/// @file Laws of log and log1p: accuracy against the C library, and IEEE's special values.
#include <deepseek/arch/cpu/math_log.hpp>
#include <doctest/doctest.h>

#include <cmath>

#include "math_cases.hpp"

namespace arch = deepseek::arch;
using cases::infinity;
using cases::not_a_number;

TEST_CASE("log: within the stated error of all floats, subnormals too") {
  auto const w =
      ulp::over_floats([](auto x) { return arch::log(x); }, [](double x) { return std::log(x); });
  cases::check_error(w, 1.2);
}

TEST_CASE("log1p: within the stated error of all floats") {
  auto const w = ulp::over_floats([](auto x) { return arch::log1p(x); },
                                  [](double x) { return std::log1p(x); });
  cases::check_error(w, 1.2);
}

TEST_CASE("log, log1p: within the stated error of doubles") {
  auto const function = [](auto x) { return arch::log(x); };
  auto const reference = [](long double x) { return std::log(x); };
  cases::check_error(ulp::over_doubles(function, reference, 0, 4), 1.5);
  cases::check_error(ulp::over_doubles(function, reference, 0, 1e300), 1.5);
  cases::check_error(ulp::over_doubles(function, reference, 0, 1e-308), 1.5);
  auto const function1 = [](auto x) { return arch::log1p(x); };
  auto const reference1 = [](long double x) { return std::log1p(x); };
  cases::check_error(ulp::over_doubles(function1, reference1, -1, 4), 1.5);
  cases::check_error(ulp::over_doubles(function1, reference1, -1, 1e300), 1.5);
}

TEST_CASE("log, log1p: special values") {
  cases::for_types<float, double>([](auto t) {
    using T = decltype(t);
    auto const f = [](auto x) { return arch::log(x); };
    cases::check_value<T>(f, T(1), T(0));
    cases::check_value<T>(f, T(0), -infinity<T>);
    cases::check_value<T>(f, T(-0.0), -infinity<T>);
    cases::check_value<T>(f, infinity<T>, infinity<T>);
    cases::check_value<T>(f, -infinity<T>, not_a_number<T>);
    cases::check_value<T>(f, T(-1), not_a_number<T>);
    cases::check_value<T>(f, -std::numeric_limits<T>::denorm_min(), not_a_number<T>);
    cases::check_value<T>(f, not_a_number<T>, not_a_number<T>);
    cases::check_sizes<T>(f, T(0.01), T(100));

    auto const f1 = [](auto x) { return arch::log1p(x); };
    cases::check_value<T>(f1, T(0), T(0));
    cases::check_value<T>(f1, T(-0.0), T(-0.0));
    cases::check_value<T>(f1, T(-1), -infinity<T>);
    cases::check_value<T>(f1, infinity<T>, infinity<T>);
    cases::check_value<T>(f1, -infinity<T>, not_a_number<T>);
    cases::check_value<T>(f1, T(-2), not_a_number<T>);
    cases::check_value<T>(f1, not_a_number<T>, not_a_number<T>);
    cases::check_value<T>(f1, std::numeric_limits<T>::denorm_min(),
                          std::numeric_limits<T>::denorm_min());
    cases::check_value<T>(f1, std::numeric_limits<T>::max(),
                          std::log1p(std::numeric_limits<T>::max()));
    cases::check_sizes<T>(f1, T(-0.9), T(100));
  });
}
