// SPDX-License-Identifier: Apache-2.0
/// @file Laws of prod and mean; those of sum are in sum_test.cpp.
#include <deepseek/ops/sum.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::tensor;

// A product of n factors is rounded n - 1 times, in an order that depends on the vectors: about sqrt(n)
// units in the last place, of 1000 factors at most.
TEST_CASE("prod: golden") {
  constexpr double roundings = 32;
  CHECK(run_reductions<std::int32_t>(
            "prod", [](auto const&, auto const& x, auto along) { return ds::prod(x, along); },
            roundings) == 31);
}
TEST_CASE("mean: golden") {
  CHECK(run_reductions<ds::bf16, ds::f16>("mean", [](auto const&, auto const& x, auto along) {
          return ds::mean(x, along);
        }) == 30);
}

TEST_CASE("mean: f16 whose sum and whose count are above its range") {
  tensor<ds::f16, dims<70000>> x;
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = ds::f16(i % 2 == 0 ? 2000.f : 2002.f);
  CHECK(static_cast<float>(ds::eval(ds::mean(x))(0)) == 2001.f);
}
TEST_CASE("mean: integers give f32; no elements give NaN and a product of 1") {
  tensor<std::int32_t, dims<4>> const whole({1, 2, 3, 5});
  auto const m = ds::mean(whole);
  static_assert(std::is_same_v<decltype(m)::value_type, float>);
  static_assert(ds::kernel_count<decltype(m)> == 1);
  CHECK(ds::eval(m)(0) == 2.75f);
  tensor<float, dims<ds::dyn>> const none(0);
  CHECK(std::isnan(ds::eval(ds::mean(none))(0)));
  CHECK(ds::eval(ds::prod(none))(0) == 1.f);
}
