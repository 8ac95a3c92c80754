// SPDX-License-Identifier: Apache-2.0
/// @file Laws of pow and square.
#include "map_cases.hpp"

#include <cmath>

#include <deepseek/ops/power.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("pow(a, b) is within the golden error") {
  int const two = run_cases<float, float>(
      "pow", [](auto const&, auto const& a, auto const& b) { return ds::pow(a, b); });
  int const number = run_cases<float>("pow", [](golden_case const& one, auto const& a) {
    return ds::pow(a, one.number("exponent"));
  });
  CHECK(two + number == case_count("pow"));
}

TEST_CASE("pow with a number on either side, with integers, with small floats") {
  ds::tensor<float, ds::dims<3>> x{1, 2, 3};
  CHECK(ds::eval(ds::pow(2, x))(2) == 8);
  ds::tensor<int, ds::dims<2>> i{2, 3};
  auto const y = ds::eval(ds::pow(i, 2));
  static_assert(std::is_same_v<decltype(y)::value_type, float>);
  CHECK(y(1) == 9);
  ds::tensor<ds::bf16, ds::dims<1>> b{ds::bf16(3.0f)};
  CHECK(static_cast<float>(ds::eval(ds::pow(b, 3))(0)) == 27);
  ds::tensor<double, ds::dims<1>> d{1.1};
  CHECK(ds::eval(ds::pow(d, 7.5))(0) == doctest::Approx(std::pow(1.1, 7.5)).epsilon(1e-15));
}

TEST_CASE("square(a) is a * a in a's dtype") {
  ds::tensor<float, ds::dims<4>> x{-3, 0.1f, INFINITY, 1e-30f};
  auto const y = ds::eval(ds::square(x));
  CHECK(y(0) == 9);
  CHECK(y(1) == 0.1f * 0.1f);
  CHECK(y(2) == INFINITY);
  CHECK(y(3) == 0);
  ds::tensor<std::int8_t, ds::dims<1>> i{std::int8_t(20)};
  auto const z = ds::eval(ds::square(i));
  static_assert(std::is_same_v<decltype(z)::value_type, std::int8_t>);
  CHECK(z(0) == -112);  // 400 - 512
}
