// SPDX-License-Identifier: Apache-2.0
/// @file Laws of sqrt and rsqrt.
#include "map_cases.hpp"
#include "sweep.hpp"

#include <deepseek/ops/roots.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("sqrt(a) and rsqrt(a) are within the golden error") {
  CHECK(run_cases<float>("sqrt", [](auto const&, auto const& a) { return ds::sqrt(a); }) ==
        case_count("sqrt"));
  CHECK(run_cases<float>("rsqrt", [](auto const&, auto const& a) { return ds::rsqrt(a); }) ==
        case_count("rsqrt"));
}

TEST_CASE("sqrt is correctly rounded, rsqrt within 2 ulp of the C library in double") {
  auto const x = floats_of_every_size(0, INFINITY);
  auto const y = ds::eval(ds::sqrt(x));
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < x.size(); ++i)
    wrong +=
        y.data()[i] != float(std::sqrt(double(x.data()[i])));  // double rounding is harmless here
  CHECK(wrong == 0);
  check_sweep([](auto const& a) { return ds::rsqrt(a); }, [](double a) { return 1 / std::sqrt(a); },
              2);
}

TEST_CASE("special values") {
  ds::tensor<float, ds::dims<4>> x{0.0f, -0.0f, INFINITY, -1.0f};
  auto const s = ds::eval(ds::sqrt(x)), r = ds::eval(ds::rsqrt(x));
  CHECK(s(0) == 0);
  CHECK(std::signbit(s(1)));
  CHECK(s(2) == INFINITY);
  CHECK(std::isnan(s(3)));
  CHECK(r(0) == INFINITY);
  CHECK(r(1) == -INFINITY);
  CHECK(r(2) == 0);
  CHECK(std::isnan(r(3)));
}
