// SPDX-License-Identifier: Apache-2.0
/// @file The umbrella is enough for a user's program: one include, and verbs of every kind compose.
#include <deepseek/deepseek.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

namespace ds = deepseek;

namespace {

using rows_of_24 = ds::tensor<float, ds::dims<ds::dyn, 24>>;

/// random(rows, seed): the same numbers on every machine, between -4 and 4.
rows_of_24 random(int rows, unsigned seed) {
  std::mt19937 next{seed};
  rows_of_24 x(rows);
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < 24; ++j) x(i, j) = float(int(next() % 8001) - 4000) / 1000;
  return x;
}

rows_of_24 poisoned(int rows) {
  rows_of_24 y(rows);
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < 24; ++j) y(i, j) = std::numeric_limits<float>::quiet_NaN();
  return y;
}

}  // namespace

TEST_CASE(
    "deepseek.hpp: a masked, scaled and biased softmax is one kernel and agrees with a loop") {
  auto const x = random(9, 1);
  ds::tensor<float, ds::dims<24>> bias;
  for (int j = 0; j < 24; ++j) bias(j) = float(j % 5) / 2;
  auto y = poisoned(9);

  auto const score = ds::where(x > -3.5f, x * 0.5f + bias, -100.f);
  auto const shares = ds::let(ds::exp(score - ds::max(score, ds::last)),
                              [](auto e) { return e / ds::sum(e, ds::last); });
  static_assert(ds::kernel_count<decltype(shares)> == 1);
  (y = shares).run(ds::host{});

  for (int i = 0; i < 9; ++i) {
    double scores[24], largest = -INFINITY, total = 0;
    for (int j = 0; j < 24; ++j) {
      scores[j] = x(i, j) > -3.5f ? x(i, j) * 0.5 + double(bias(j)) : -100;
      largest = std::fmax(largest, scores[j]);
    }
    for (double& s : scores) total += s = std::exp(s - largest);
    for (int j = 0; j < 24; ++j) CHECK(y(i, j) == doctest::Approx(scores[j] / total).epsilon(1e-6));
  }
}

TEST_CASE("deepseek.hpp: operands of one type and two values are two operands") {
  auto const x = random(3, 2);
  volatile float from_outside = 2;
  float const a = from_outside, b = a + 2;  // both products are exact
  auto const y = ds::eval(x * a + x * b);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 24; ++j) CHECK(y(i, j) == x(i, j) * a + x(i, j) * b);
}

TEST_CASE("deepseek.hpp: a destination that is an operand gets what another one would") {
  auto y = random(5, 3);
  auto const copy = random(5, 3);
  (y = y / ds::sum(ds::abs(y), ds::last)).run(ds::host{});
  auto const apart = ds::eval(copy / ds::sum(ds::abs(copy), ds::last));
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 24; ++j) CHECK(y(i, j) == apart(i, j));
}
