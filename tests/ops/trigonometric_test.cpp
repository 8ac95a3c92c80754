// SPDX-License-Identifier: Apache-2.0
/// @file Laws of sin and cos.
#include "map_cases.hpp"
#include "sweep.hpp"

#include <deepseek/ops/trigonometric.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("sin(a) and cos(a) are within the golden error, for large a too") {
  CHECK(run_cases<float>("sin", [](auto const&, auto const& a) { return ds::sin(a); }) ==
        case_count("sin"));
  CHECK(run_cases<float>("cos", [](auto const&, auto const& a) { return ds::cos(a); }) ==
        case_count("cos"));
}

TEST_CASE("sin and cos are within 2 ulp of the C library in double, for floats of every size") {
  check_sweep([](auto const& x) { return ds::sin(x); }, [](double x) { return std::sin(x); }, 2);
  check_sweep([](auto const& x) { return ds::cos(x); }, [](double x) { return std::cos(x); }, 2);
}

TEST_CASE("sin(-0) is -0") {
  ds::tensor<float, ds::dims<1>> x{-0.0f};
  CHECK(std::signbit(ds::eval(ds::sin(x))(0)));
}
