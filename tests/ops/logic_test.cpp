// SPDX-License-Identifier: Apache-2.0
/// @file Laws of && || !.
#include "map_cases.hpp"

#include <cmath>

#include <deepseek/ops/comparison.hpp>
#include <deepseek/ops/logic.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("logical_and, logical_or, logical_not are the outside values") {
  CHECK(run_cases<bool, bool>("logical_and", [](auto const&, auto const& a, auto const& b) {
          return ds::logical_and(a, b);
        }) == case_count("logical_and"));
  CHECK(run_cases<bool, bool>("logical_or", [](auto const&, auto const& a, auto const& b) {
          return ds::logical_or(a, b);
        }) == case_count("logical_or"));
  CHECK(run_cases<bool>("logical_not", [](auto const&, auto const& a) {
          return ds::logical_not(a);
        }) == case_count("logical_not"));
}

TEST_CASE("the operators are those functions") {
  ds::tensor<bool, ds::dims<4>> a{false, false, true, true}, b{false, true, false, true};
  auto const both = ds::eval(a && b), either = ds::eval(a || b), neither = ds::eval(!(a || b));
  for (int i = 0; i < 4; ++i) {
    CHECK(both(i) == (i == 3));
    CHECK(either(i) == (i != 0));
    CHECK(neither(i) == (i == 0));
  }
  CHECK(ds::eval(a && true)(2));
  CHECK(ds::eval(false || a)(3));
}

TEST_CASE("of other dtypes, what is not 0 is true, NaN too; widths may differ") {
  ds::tensor<float, ds::dims<4>> x{0.0f, -0.0f, NAN, 1e-45f};
  ds::tensor<double, ds::dims<4>> y{1, 1, 1, 1e-300};
  ds::tensor<std::int8_t, ds::dims<4>> i{std::int8_t(0), std::int8_t(-1), std::int8_t(2),
                                         std::int8_t(3)};
  auto const t = ds::eval(x && y), u = ds::eval(!x), v = ds::eval(i || x);
  bool const expected[] = {false, false, true, true}, other[] = {false, true, true, true};
  for (int k = 0; k < 4; ++k) {
    CHECK(t(k) == expected[k]);
    CHECK(u(k) == !expected[k]);
    CHECK(v(k) == other[k]);
  }
  CHECK(ds::eval(x > 0 && y < 1)(3));
}
