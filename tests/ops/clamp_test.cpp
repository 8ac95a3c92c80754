// SPDX-License-Identifier: Apache-2.0
/// @file Laws of clamp(a, low, high).
#include "map_cases.hpp"

#include <cmath>
#include <cstdint>

#include <deepseek/ops/clamp.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("clamp(a, low, high) is the outside value bit by bit") {
  CHECK(run_cases<float>("clamp", [](golden_case const& one, auto const& a) {
          return ds::clamp(a, one.number("low"), one.number("high"));
        }) == case_count("clamp"));
}

TEST_CASE("the bounds may be tensors, which broadcast") {
  ds::tensor<float, ds::dims<2, 3>> x{-5, 0, 5, -5, 0, 5};
  ds::tensor<float, ds::dims<3>> low{-1, 1, -1};
  ds::tensor<float, ds::dims<2, 1>> high{1, 2};
  auto const y = ds::eval(ds::clamp(x, low, high));
  float const expected[] = {-1, 1, 1, -1, 1, 2};
  for (int i = 0; i < 6; ++i) CHECK(y.data()[i] == expected[i]);
}

TEST_CASE("a bound that the dtype does not hold is its nearest value, not one modulo 2^n") {
  ds::tensor<std::uint8_t, ds::dims<2>> x{std::uint8_t(3), std::uint8_t(250)};
  auto const y = ds::eval(ds::clamp(x, -5, 300));
  static_assert(std::is_same_v<decltype(y)::value_type, std::uint8_t>);
  CHECK(y(0) == 3);
  CHECK(y(1) == 250);
}

TEST_CASE("NaN in any place is NaN; where low is above high, high") {
  ds::tensor<float, ds::dims<1>> x{1}, nan{NAN};
  CHECK(std::isnan(ds::eval(ds::clamp(nan, 0, 1))(0)));
  CHECK(std::isnan(ds::eval(ds::clamp(x, NAN, 1))(0)));
  CHECK(std::isnan(ds::eval(ds::clamp(x, 0, NAN))(0)));
  CHECK(ds::eval(ds::clamp(x, 5, 3))(0) == 3);
}
