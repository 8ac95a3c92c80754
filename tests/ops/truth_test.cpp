// SPDX-License-Identifier: Apache-2.0
/// @file Laws of any and all.
#include <deepseek/ops/truth.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

TEST_CASE("any: golden") {
  CHECK(run_reductions<bool>(
            "any", [](auto const&, auto const& x, auto along) { return ds::any(x, along); }) == 6);
}
TEST_CASE("all: golden") {
  CHECK(run_reductions<bool>(
            "all", [](auto const&, auto const& x, auto along) { return ds::all(x, along); }) == 6);
}

TEST_CASE("any, all: one element decides, wherever it stands") {
  tensor<bool, dims<dyn, dyn>> x(3, 67);
  for (std::int64_t place = 0; place < x.size(); ++place) {
    CAPTURE(place);
    for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = i == place;
    CHECK(ds::eval(ds::any(x))(0, 0));
    auto const rows = ds::eval(ds::any(x, last));
    for (int r = 0; r < 3; ++r) CHECK(rows(r, 0) == (place / 67 == r));
    for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = i != place;
    CHECK(!ds::eval(ds::all(x))(0, 0));
    auto const columns = ds::eval(ds::all(x, axes<0>));
    CHECK(!columns(0, place % 67));
    CHECK(columns(0, (place + 1) % 67));
  }
}
TEST_CASE("any, all: an element is true when it is not 0; NaN is true, -0 is not") {
  float const nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(ds::eval(ds::any(tensor<float, dims<2>>({nan, 0})))(0));
  CHECK(ds::eval(ds::all(tensor<float, dims<2>>({nan, -1})))(0));
  CHECK(!ds::eval(ds::any(tensor<float, dims<2>>({-0.f, 0})))(0));
  CHECK(ds::eval(ds::any(tensor<float, dims<2>>({0x1p-149f, 0})))(0));
  CHECK(ds::eval(ds::any(tensor<std::int64_t, dims<1>>({std::int64_t{1} << 40})))(0));
  CHECK(ds::eval(ds::all(tensor<std::uint8_t, dims<2>>({255, 1})))(0));
  CHECK(ds::eval(ds::any(tensor<double, dims<1>>({1e-300})))(0));
}
TEST_CASE("any, all: no elements are false and true") {
  tensor<bool, dims<dyn>> const none(0);
  CHECK(!ds::eval(ds::any(none))(0));
  CHECK(ds::eval(ds::all(none))(0));
}
