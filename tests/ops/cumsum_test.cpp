// SPDX-License-Identifier: Apache-2.0
/// @file Laws of cumsum.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cumsum.hpp>
#include <deepseek/ops/sum.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

TEST_CASE("cumsum: golden") {
  CHECK(run_rows<std::int32_t>(
            "cumsum", [](auto const&, auto const& x, auto along) { return ds::cumsum(x, along); },
            4) == 20);
}

TEST_CASE("cumsum: right, and the same bits for any number of threads") {
  for_shared_shapes([](auto const& x) {
    auto const y = evaluated(ds::cumsum(x));
    auto const z = evaluated(ds::cumsum(x, axes<0>));
    std::int64_t const i = x.extent(0) - 1, k = x.extent(1) - 1;
    double sum = 0, worst = 0;
    for (std::int64_t j = 0; j <= k; ++j) {
      sum += x(i, j);
      worst = std::max(worst, std::abs(y(i, j) - sum) / static_cast<double>(j + 1));
    }
    sum = 0;
    for (std::int64_t j = 0; j <= i; ++j) {
      sum += x(j, k);
      worst = std::max(worst, std::abs(z(j, k) - sum) / static_cast<double>(j + 1));
    }
    CHECK(worst < 1e-5);
  });
}
TEST_CASE("cumsum: integers and bool count in int64") {
  tensor<bool, dims<dyn>> flags(300);
  for (int i = 0; i < 300; ++i) flags(i) = i % 3 == 0;
  auto const y = ds::eval(ds::cumsum(flags));
  static_assert(std::is_same_v<decltype(y)::value_type, std::int64_t>);
  for (int i = 0; i < 300; ++i) CHECK(y(i) == i / 3 + 1);
}
TEST_CASE("cumsum: infinities and NaN reach what comes after them, nothing before") {
  float const nan = std::numeric_limits<float>::quiet_NaN();
  for (int place = 0; place < 37; ++place) {
    tensor<float, dims<3, 37>> x;
    for (int i = 0; i < 3 * 37; ++i) x.data()[i] = 1;
    x(0, place) = nan;
    x(1, place) = -INFINITY;
    auto const y = ds::eval(ds::cumsum(x));
    bool right = true;
    for (int j = 0; j < 37; ++j) {
      float const plain = static_cast<float>(j + 1);
      right = right && (j < place ? y(0, j) == plain : std::isnan(y(0, j)));
      right = right && y(1, j) == (j < place ? plain : -INFINITY) && y(2, j) == plain;
    }
    CAPTURE(place);
    CHECK(right);
  }
}
TEST_CASE("cumsum: one kernel with what is under it, beside a reduction, in place") {
  auto x = sequence<float>(9, 77);
  auto const e = ds::cumsum(x * 2.f) / ds::sum(x, last);
  static_assert(ds::kernel_count<decltype(e)> == 1);
  (void)evaluated(e);
  auto const expected = ds::eval(ds::cumsum(x));
  (x = ds::cumsum(x)).run(ds::host{2});
  CHECK(std::memcmp(x.data(), expected.data(), bytes_of(x)) == 0);
}
TEST_CASE("cumsum: f16 accumulates in f32") {
  tensor<ds::f16, dims<4100>> x;
  for (auto* p = x.data(); p != x.data() + 4100; ++p) *p = ds::f16(1.f);
  CHECK(static_cast<float>(ds::eval(ds::cumsum(x))(4099)) == 4100.f);  // a sum in f16 stops at 2048
}
