// SPDX-License-Identifier: Apache-2.0
/// @file Laws of tanh.
#include "map_cases.hpp"
#include "sweep.hpp"

#include <deepseek/ops/hyperbolic.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("tanh(a) is within the golden error") {
  CHECK(run_cases<float>("tanh", [](auto const&, auto const& a) { return ds::tanh(a); }) ==
        case_count("tanh"));
}

TEST_CASE("tanh is within 2 ulp of the C library in double, and never beyond 1") {
  check_sweep([](auto const& x) { return ds::tanh(x); }, [](double x) { return std::tanh(x); }, 2);
  auto const y = ds::eval(ds::tanh(floats_of_every_size(-INFINITY, INFINITY)));
  float largest = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) largest = std::fmax(largest, std::fabs(y.data()[i]));
  CHECK(largest == 1);
}
