// SPDX-License-Identifier: Apache-2.0
/// @file Laws of l2_normalize.
#include <deepseek/ops/l2_normalize.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::last;
using ds::tensor;

TEST_CASE("l2_normalize: golden") {
  CHECK(run_rows<ds::bf16, ds::f16>("l2_normalize", [](auto const& one, auto const& x, auto along) {
          return ds::l2_normalize(x, along, one.number("epsilon"));
        }) == 21);
}

TEST_CASE("l2_normalize: one kernel") {
  tensor<float, dims<17, 33>> x;
  static_assert(ds::kernel_count<decltype(ds::l2_normalize(x))> == 1);
  static_assert(ds::kernel_count<decltype(ds::l2_normalize(x, axes<0>))> == 1);
  static_assert(ds::kernel_count<decltype(ds::l2_normalize(x - 1.f) * 2.f)> == 1);
}
TEST_CASE("l2_normalize: the same bits for any number of threads; rows of length 1") {
  for_shared_shapes([](auto const& x) {
    auto const y = evaluated(ds::l2_normalize(x));
    double square = 0;
    for (std::int64_t j = 0; j < x.extent(1); ++j) square += static_cast<double>(y(0, j)) * y(0, j);
    CHECK(std::abs(square - 1) < 1e-5);
    (void)evaluated(ds::l2_normalize(x, axes<0>));
  });
}
TEST_CASE("l2_normalize: what is shorter than epsilon is divided by epsilon") {
  tensor<float, dims<3, 2>> const x({0, 0, 3, 4, 0.3f, 0.4f});
  auto const y = ds::eval(ds::l2_normalize(x, 1.0));
  CHECK((y(0, 0) == 0 && y(0, 1) == 0));
  CHECK((y(1, 0) == 0.6f && y(1, 1) == 0.8f));
  CHECK((y(2, 0) == 0.3f && y(2, 1) == 0.4f));
  tensor<ds::f16, dims<2>> const zeros({ds::f16(0.f), ds::f16(0.f)});
  CHECK(static_cast<float>(ds::eval(ds::l2_normalize(zeros))(0)) == 0);  // 1e-12 is not 0 in f16
}
TEST_CASE("l2_normalize: a NaN stays in its row, an infinity takes the length") {
  float const nan = std::numeric_limits<float>::quiet_NaN();
  tensor<float, dims<3, 2>> const x({nan, 1, INFINITY, 1, 0, 2});
  auto const y = ds::eval(ds::l2_normalize(x));
  CHECK((std::isnan(y(0, 0)) && std::isnan(y(0, 1))));
  CHECK((std::isnan(y(1, 0)) && y(1, 1) == 0));
  CHECK((y(2, 0) == 0 && y(2, 1) == 1));
}
