// SPDX-License-Identifier: Apache-2.0
/// @file Laws of max and min along axes.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/extremum.hpp>

#include <algorithm>
#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

TEST_CASE("max: golden") {
  CHECK(run_reductions<std::int32_t>(
            "max", [](auto const&, auto const& x, auto along) { return ds::max(x, along); }) == 30);
}
TEST_CASE("min: golden") {
  CHECK(run_reductions<std::int32_t>(
            "min", [](auto const&, auto const& x, auto along) { return ds::min(x, along); }) == 30);
}

TEST_CASE("max, min: exact however the work is cut") {
  for_shared_shapes([](auto const& x) {
    CHECK(evaluated(ds::max(x))(0, 0) == *std::max_element(x.data(), x.data() + x.size()));
    auto const low = evaluated(ds::min(x, last));
    for (std::int64_t i = 0; i < x.extent(0); i += 97) {
      float const* row = x.data() + i * x.extent(1);
      CHECK(low(i, 0) == *std::min_element(row, row + x.extent(1)));
    }
  });
}
TEST_CASE("max, min: a NaN passes from wherever it stands in a row") {
  tensor<float, dims<67>> x;
  for (int place = 0; place < 67; ++place) {
    for (int i = 0; i < 67; ++i) x(i) = static_cast<float>(i % 5);
    x(place) = std::numeric_limits<float>::quiet_NaN();
    CAPTURE(place);
    CHECK(std::isnan(ds::eval(ds::max(x))(0)));
    CHECK(std::isnan(ds::eval(ds::min(x))(0)));
  }
}
TEST_CASE("max, min: limits of the dtype are elements like others") {
  tensor<std::int64_t, dims<3>> const wide({INT64_MIN, -5, INT64_MIN});
  CHECK(ds::eval(ds::max(wide))(0) == -5);
  CHECK(ds::eval(ds::min(wide))(0) == INT64_MIN);
  tensor<std::uint8_t, dims<2>> const bytes({0, 255});
  auto const most = ds::eval(ds::max(bytes));
  static_assert(std::is_same_v<decltype(most)::value_type, std::uint8_t>);
  CHECK(most(0) == 255);
  CHECK(ds::eval(ds::min(bytes))(0) == 0);
  tensor<ds::bf16, dims<2>> const below({ds::bf16(-INFINITY), ds::bf16(-INFINITY)});
  CHECK(static_cast<float>(ds::eval(ds::max(below))(0)) == -INFINITY);
}
TEST_CASE("max, min: no elements give the identity") {
  tensor<float, dims<dyn>> const none(0);
  CHECK(ds::eval(ds::max(none))(0) == -INFINITY);
  CHECK(ds::eval(ds::min(none))(0) == INFINITY);
  tensor<std::int32_t, dims<dyn>> const whole(0);
  CHECK(ds::eval(ds::max(whole))(0) == INT32_MIN);
}
TEST_CASE("(x - min) / (max - min) by row is one kernel") {
  tensor<float, dims<2, 3>> const x({1, 2, 5, -4, 0, 4});
  auto const e = (x - ds::min(x, last)) / (ds::max(x, last) - ds::min(x, last));
  static_assert(ds::kernel_count<decltype(e)> == 1);
  auto const y = evaluated(e);
  float const expected[] = {0, 0.25f, 1, 0, 0.5f, 1};
  for (int i = 0; i < 6; ++i) CHECK(y.data()[i] == expected[i]);
}
TEST_CASE("(x - min) / (max - min): golden") {
  int count = 0;
  for (auto const& one : golden_cases("composition")) {
    if (one.name != "rescale") continue;
    auto const x = loaded<float, 2>(one.inputs[0]);
    expect(one, evaluated((x - ds::min(x, last)) / (ds::max(x, last) - ds::min(x, last))));
    ++count;
  }
  CHECK(count == 1);
}
