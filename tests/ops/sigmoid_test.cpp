// SPDX-License-Identifier: Apache-2.0
/// @file Laws of sigmoid.
#include "map_cases.hpp"
#include "sweep.hpp"

#include <deepseek/ops/sigmoid.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("sigmoid(a) is within the golden error") {
  CHECK(run_cases<float>("sigmoid", [](auto const&, auto const& a) { return ds::sigmoid(a); }) ==
        case_count("sigmoid"));
}

TEST_CASE("sigmoid is within 3 ulp of the C library in double, down to the smallest results") {
  check_sweep([](auto const& x) { return ds::sigmoid(x); },
              [](double x) { return 1 / (1 + std::exp(-x)); }, 3);
}

TEST_CASE("special values") {
  ds::tensor<float, ds::dims<4>> x{-INFINITY, INFINITY, NAN, -0.0f};
  auto const y = ds::eval(ds::sigmoid(x));
  CHECK(y(0) == 0);
  CHECK(y(1) == 1);
  CHECK(std::isnan(y(2)));
  CHECK(y(3) == 0.5f);
}
