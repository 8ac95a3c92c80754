// SPDX-License-Identifier: Apache-2.0
/// @file Laws of erf.
#include "map_cases.hpp"
#include "sweep.hpp"

#include <deepseek/ops/error_function.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("erf(a) is within the golden error") {
  CHECK(run_cases<float>("erf", [](auto const&, auto const& a) { return ds::erf(a); }) ==
        case_count("erf"));
}

TEST_CASE("erf is within 2 ulp of the C library in double, and never beyond 1") {
  check_sweep([](auto const& x) { return ds::erf(x); }, [](double x) { return std::erf(x); }, 2);
  auto const y = ds::eval(ds::erf(floats_of_every_size(-INFINITY, INFINITY)));
  float largest = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) largest = std::fmax(largest, std::fabs(y.data()[i]));
  CHECK(largest == 1);
}

TEST_CASE("erf of doubles is the C library's") {
  ds::tensor<double, ds::dims<3>> x{0.3, -1.7, 6.5};
  auto const y = ds::eval(ds::erf(x));
  for (int i = 0; i < 3; ++i) CHECK(y(i) == std::erf(x(i)));
}
