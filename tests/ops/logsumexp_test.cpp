// SPDX-License-Identifier: Apache-2.0
/// @file Laws of logsumexp.
#include <deepseek/ops/logsumexp.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

TEST_CASE("logsumexp: golden") {
  CHECK(run_reductions("logsumexp", [](auto const&, auto const& x, auto along) {
          return ds::logsumexp(x, along);
        }) == 30);
}

TEST_CASE("logsumexp: one kernel, with what is under it and over it") {
  tensor<float, dims<4, 5>> x;
  static_assert(ds::kernel_count<decltype(ds::logsumexp(x))> == 1);
  static_assert(ds::kernel_count<decltype(ds::logsumexp(x * 2.f, axes<0>) + 1.f)> == 1);
  static_assert(ds::kernel_count<decltype(x - ds::logsumexp(x, last))> == 1);
}
TEST_CASE(
    "logsumexp: right, and the same bits for any number of threads, however the work is cut") {
  for_shared_shapes([](auto const& x) {
    double total = 0;
    for (std::int64_t i = 0; i < x.size(); ++i) total += std::exp(static_cast<double>(x.data()[i]));
    CHECK(std::abs(evaluated(ds::logsumexp(x))(0, 0) - std::log(total)) < 5e-6);
    auto const rows = evaluated(ds::logsumexp(x, last));
    double row = 0;
    for (std::int64_t j = 0; j < x.extent(1); ++j) row += std::exp(static_cast<double>(x(0, j)));
    CHECK(std::abs(rows(0, 0) - std::log(row)) < 5e-6);
    auto const columns = evaluated(ds::logsumexp(x, axes<0>));
    double column = 0;
    for (std::int64_t i = 0; i < x.extent(0); ++i) column += std::exp(static_cast<double>(x(i, 0)));
    CHECK(std::abs(columns(0, 0) - std::log(column)) < 5e-6);
  });
}
TEST_CASE("logsumexp: infinities and NaN") {
  float const nan = std::numeric_limits<float>::quiet_NaN();
  tensor<float, dims<4, 3>> const x({-INFINITY, -INFINITY, -INFINITY,  //
                                     1, INFINITY, -INFINITY,           //
                                     1, nan, INFINITY,                 //
                                     -INFINITY, 5, -INFINITY});
  auto const y = ds::eval(ds::logsumexp(x, last));
  CHECK(y(0, 0) == -INFINITY);
  CHECK(y(1, 0) == INFINITY);
  CHECK(std::isnan(y(2, 0)));
  CHECK(y(3, 0) == 5);
  tensor<float, dims<dyn>> const none(0);
  CHECK(ds::eval(ds::logsumexp(none))(0) == -INFINITY);
}
TEST_CASE("logsumexp: nothing overflows") {
  tensor<float, dims<2>> const x({3e38f, 3e38f});
  CHECK(ds::eval(ds::logsumexp(x))(0) == 3e38f);
  tensor<ds::f16, dims<2>> const half({ds::f16(60000.f), ds::f16(60000.f)});
  CHECK(static_cast<float>(ds::eval(ds::logsumexp(half))(0)) == 60000.f);
}
