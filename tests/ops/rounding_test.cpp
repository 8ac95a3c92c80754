// SPDX-License-Identifier: Apache-2.0
/// @file Laws of floor, ceil, round, trunc.
#include "map_cases.hpp"
#include "sweep.hpp"

#include <deepseek/ops/rounding.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("floor(a) and round(a) are the outside values bit by bit") {
  CHECK(run_cases<float>("floor", [](auto const&, auto const& a) { return ds::floor(a); }) ==
        case_count("floor"));
  CHECK(run_cases<float>("round", [](auto const&, auto const& a) { return ds::round(a); }) ==
        case_count("round"));
}

TEST_CASE("all four are the C library's over floats of every size, signs of zero too") {
  auto const x = floats_of_every_size(-INFINITY, INFINITY);
  auto const check = [&](auto const& y, float (*reference)(float)) {
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < x.size(); ++i) {
      float const expected = reference(x.data()[i]);
      wrong += std::memcmp(&expected, y.data() + i, sizeof expected) != 0;
    }
    CHECK(wrong == 0);
  };
  check(ds::eval(ds::floor(x)), [](float v) { return std::floor(v); });
  check(ds::eval(ds::ceil(x)), [](float v) { return std::ceil(v); });
  check(ds::eval(ds::round(x)), [](float v) { return std::nearbyint(v); });
  check(ds::eval(ds::trunc(x)), [](float v) { return std::trunc(v); });
}

TEST_CASE("integers stay, and keep their dtype") {
  ds::tensor<std::int64_t, ds::dims<2>> x{(std::int64_t{1} << 60) + 1, -7};
  auto const y = ds::eval(ds::floor(x));
  static_assert(std::is_same_v<decltype(y)::value_type, std::int64_t>);
  CHECK(y(0) == x(0));
  CHECK(y(1) == -7);
}
