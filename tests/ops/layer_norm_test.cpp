// SPDX-License-Identifier: Apache-2.0
/// @file Laws of layer_norm; its golden cases are in layer_norm_golden_test.cpp.
#include <deepseek/ops/layer_norm.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

TEST_CASE("layer_norm: one kernel, with what is under it and over it") {
  tensor<float, dims<dyn, 33>> x(17), residual(17);
  tensor<float, dims<33>> gain, bias;
  static_assert(ds::kernel_count<decltype(ds::layer_norm(x))> == 1);
  static_assert(ds::kernel_count<decltype(ds::layer_norm(x, axes<0>))> == 1);
  static_assert(ds::kernel_count<decltype(ds::layer_norm(x, gain, bias))> == 1);
  static_assert(ds::kernel_count<decltype(ds::layer_norm(x + residual, gain, bias, 1e-5f) * 2.f)> ==
                1);
}
TEST_CASE("layer_norm: epsilon and axes in either order, or left out") {
  auto const x = sequence<float>(5, 33);
  tensor<float, dims<33>> gain, bias;
  for (int i = 0; i < 33; ++i)
    gain(i) = 1.f + static_cast<float>(i), bias(i) = -static_cast<float>(i);
  auto const same = [](auto const& a, auto const& b) {
    auto const u = ds::eval(a), v = ds::eval(b);
    return std::memcmp(u.data(), v.data(), bytes_of(u)) == 0;
  };
  CHECK(same(ds::layer_norm(x), ds::layer_norm(x, last, 1e-5)));
  CHECK(same(ds::layer_norm(x, 0.5), ds::layer_norm(x, last, 0.5)));
  CHECK(!same(ds::layer_norm(x, 0.5), ds::layer_norm(x)));
  CHECK(same(ds::layer_norm(x, gain, bias, 0.5), ds::layer_norm(x, gain, bias, last, 0.5)));
  CHECK(same(ds::layer_norm(x, gain, bias, 1e-5, last), ds::layer_norm(x, gain, bias)));
  CHECK(same(ds::layer_norm(x, gain, bias), ds::layer_norm(x) * gain + bias));
}
TEST_CASE("layer_norm: the same bits for any number of threads, mean 0 and variance 1") {
  for_shared_shapes([](auto const& x) {
    if (x.extent(1) == 1) return;
    auto const y = evaluated(ds::layer_norm(x));
    auto const z = evaluated(ds::layer_norm(x, axes<0, 1>));
    double sum = 0, square = 0;
    for (std::int64_t i = 0; i < z.size(); ++i) sum += z.data()[i];
    for (std::int64_t i = 0; i < z.size(); ++i)
      square += static_cast<double>(z.data()[i]) * z.data()[i];
    CHECK(std::abs(sum / static_cast<double>(z.size())) < 1e-5);
    CHECK(std::abs(square / static_cast<double>(z.size()) - 1) < 1e-4);
    double row = 0;
    for (std::int64_t j = 0; j < x.extent(1); ++j) row += y(0, j);
    CHECK(std::abs(row) < 1e-5 * static_cast<double>(x.extent(1)));
  });
}
TEST_CASE("layer_norm: a mean far from 0 costs nothing") {
  auto const x = sequence<float>(3, 2048);  // in [-2, 2]
  tensor<float, dims<dyn, dyn>> far(3, 2048), near(3, 2048);
  (far = x + 100000.f).run(ds::host{});
  (near = far - 100000.f).run(ds::host{});  // the same numbers, rounded alike
  auto const a = ds::eval(ds::layer_norm(far));
  auto const b = ds::eval(ds::layer_norm(near));
  double worst = 0;
  for (std::int64_t i = 0; i < a.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(a.data()[i]) - b.data()[i]));
  CHECK(worst < 1e-5);
}
TEST_CASE("layer_norm: equal elements give the bias, a NaN stays in its row") {
  tensor<float, dims<3, 7>> x;
  for (int i = 0; i < 21; ++i) x.data()[i] = 0.1f;
  x(1, 2) = std::numeric_limits<float>::quiet_NaN();
  tensor<float, dims<7>> const gain({1, 2, 3, 4, 5, 6, 7}), bias({7, 6, 5, 4, 3, 2, 1});
  auto const y = ds::eval(ds::layer_norm(x, gain, bias));
  for (int j = 0; j < 7; ++j) {
    CHECK(std::abs(y(0, j) - bias(j)) < 1e-4f);
    CHECK(std::isnan(y(1, j)));
    CHECK(std::abs(y(2, j) - bias(j)) < 1e-4f);
  }
}
TEST_CASE("layer_norm: in place, and over its own bias") {
  auto x = sequence<float>(65, 129);
  auto const expected = ds::eval(ds::layer_norm(x) + x);
  (x = ds::layer_norm(x) + x).run(ds::host{2});
  CHECK(std::memcmp(x.data(), expected.data(), bytes_of(x)) == 0);
}
TEST_CASE("layer_norm of a layer_norm's gain: equal types, each its own row") {
  auto const x = sequence<float>(4, 16);
  auto const w = sequence<float>(1, 16);
  auto const inner = ds::eval(ds::layer_norm(w));
  auto const a = ds::eval(ds::layer_norm(x, ds::layer_norm(w), w));
  auto const b = ds::eval(ds::layer_norm(x, inner, w));
  for (std::int64_t i = 0; i < a.size(); ++i) CHECK(std::abs(a.data()[i] - b.data()[i]) < 1e-5f);
}
