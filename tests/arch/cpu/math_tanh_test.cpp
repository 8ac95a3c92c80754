// SPDX-License-Identifier: Apache-2.0
/// @file Laws of tanh: accuracy against the C library, and IEEE's special values.
#include <deepseek/arch/cpu/math_tanh.hpp>
#include <doctest/doctest.h>

#include <cmath>

#include "math_cases.hpp"

namespace arch = deepseek::arch;
using cases::infinity;
using cases::not_a_number;

TEST_CASE("tanh: within the stated error of all floats") {
  auto const w =
      ulp::over_floats([](auto x) { return arch::tanh(x); }, [](double x) { return std::tanh(x); });
  cases::check_error(w, 1.5);
}

TEST_CASE("tanh: within the stated error of doubles") {
  auto const function = [](auto x) { return arch::tanh(x); };
  auto const reference = [](long double x) { return std::tanh(x); };
  cases::check_error(ulp::over_doubles(function, reference, -25, 25), 1.5);
  cases::check_error(ulp::over_doubles(function, reference, -1, 1), 1.5);
}

TEST_CASE("tanh: special values") {
  cases::for_types<float, double>([](auto t) {
    using T = decltype(t);
    auto const f = [](auto x) { return arch::tanh(x); };
    cases::check_value<T>(f, T(0), T(0));
    cases::check_value<T>(f, T(-0.0), T(-0.0));
    cases::check_value<T>(f, infinity<T>, T(1));
    cases::check_value<T>(f, -infinity<T>, T(-1));
    cases::check_value<T>(f, not_a_number<T>, not_a_number<T>);
    cases::check_value<T>(f, T(1000), T(1));
    cases::check_value<T>(f, std::numeric_limits<T>::denorm_min(),
                          std::numeric_limits<T>::denorm_min());
    cases::check_sizes<T>(f, T(-2), T(2));
  });
}
