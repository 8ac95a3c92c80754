// SPDX-License-Identifier: Apache-2.0
/// @file Laws of var and stddev; those of norm are in norm_test.cpp.
#include <deepseek/ops/moments.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

TEST_CASE("var: golden") {
  CHECK(run_reductions("var", [](golden_case const& one, auto const& x, auto along) {
          return ds::var(x, along, one.number("correction"));
        }) == 37);
}
TEST_CASE("(x - mean) / (sqrt(var) + 1e-3): golden, one kernel") {
  int count = 0;
  for (auto const& one : golden_cases("composition")) {
    if (one.name != "standardize") continue;
    auto const x = loaded<float, 2>(one.inputs[0]);
    auto const e = (x - ds::mean(x, last)) / (ds::sqrt(ds::var(x, last, 0)) + 1e-3f);
    static_assert(ds::kernel_count<decltype(e)> == 1);
    expect(one, evaluated(e));
    ++count;
  }
  CHECK(count == 1);
}

TEST_CASE("var: one kernel along any axes") {
  tensor<float, dims<2, 3, 5>> x;
  static_assert(ds::kernel_count<decltype(ds::var(x))> == 1);
  static_assert(ds::kernel_count<decltype(ds::var(x, last, 0))> == 1);
  static_assert(ds::kernel_count<decltype(ds::stddev(x * 2.f, axes<0, 2>))> == 1);
}
TEST_CASE("var: right, and the same bits for any number of threads, however the work is cut") {
  for_shared_shapes([](auto const& x) {
    std::int64_t const m = x.extent(0), n = x.extent(1);
    auto const all = evaluated(ds::var(x, axes<>, 0));
    double sum = 0, square = 0;
    for (std::int64_t i = 0; i < m * n; ++i) sum += x.data()[i];
    double const mean = sum / static_cast<double>(m * n);
    for (std::int64_t i = 0; i < m * n; ++i) square += std::pow(x.data()[i] - mean, 2);
    double const expected = square / static_cast<double>(m * n);
    CHECK(std::abs(all(0, 0) - expected) < 2e-5 * expected);
    if (n == 1) return;
    auto const rows = evaluated(ds::var(x, last));
    double row_sum = 0, row_square = 0;
    for (std::int64_t j = 0; j < n; ++j) row_sum += x(m - 1, j);
    for (std::int64_t j = 0; j < n; ++j)
      row_square += std::pow(x(m - 1, j) - row_sum / static_cast<double>(n), 2);
    double const row = row_square / static_cast<double>(n - 1);
    CHECK(std::abs(rows(m - 1, 0) - row) < 1e-5 * row);
  });
}
TEST_CASE("var: a mean far from 0 costs nothing, a constant row has none") {
  tensor<float, dims<2, 100000>> x;
  for (std::int64_t i = 0; i < 100000; ++i) {
    x(0, i) = 1000000.f + static_cast<float>(i % 2);  // variance 0.25
    x(1, i) = 16777215.f;
  }
  auto const y = ds::eval(ds::var(x, last, 0));
  CHECK(std::abs(y(0, 0) - 0.25f) < 1e-3f);
  CHECK(y(1, 0) >= 0);
  CHECK(y(1, 0) < 1e-3f);
  CHECK(ds::eval(ds::stddev(x, last, 0))(1, 0) >= 0);  // no root of a rounding below 0
}
TEST_CASE("var: infinite where squares overflow, NaN of an infinity or a NaN") {
  float const nan = std::numeric_limits<float>::quiet_NaN();
  tensor<float, dims<3, 4>> const x({1e30f, -1e30f, 1e30f, -1e30f,  //
                                     1, INFINITY, 2, 3,             //
                                     1, nan, 2, 3});
  auto const y = ds::eval(ds::var(x, last));
  CHECK(y(0, 0) == INFINITY);
  CHECK(std::isnan(y(1, 0)));
  CHECK(std::isnan(y(2, 0)));
}
TEST_CASE("var: of one element from a sample it is NaN, of integers f32, of f64 precise") {
  tensor<float, dims<1>> const one({3});
  CHECK(std::isnan(ds::eval(ds::var(one))(0)));
  CHECK(ds::eval(ds::var(one, axes<>, 0))(0) == 0);
  tensor<std::int32_t, dims<4>> const whole({1, 2, 3, 4});
  auto const v = ds::eval(ds::var(whole));
  static_assert(std::is_same_v<decltype(v)::value_type, float>);
  CHECK(std::abs(v(0) - 5.f / 3) < 1e-6f);
  tensor<double, dims<4>> const wide({1e8 + 1, 1e8 + 2, 1e8 + 3, 1e8 + 4});
  CHECK(std::abs(ds::eval(ds::var(wide, axes<>, 0))(0) - 1.25) < 1e-12);
  CHECK(std::abs(ds::eval(ds::stddev(wide, last, 0))(0) - std::sqrt(1.25)) < 1e-12);
}
