// SPDX-License-Identifier: Apache-2.0
/// @file Products with their epilogues as one kernel on the emulator: activations, operands of rows, columns
/// and matrices, results in place.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>

#include "random_products.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {

double silu(double x) { return x / (1 + std::exp(-x)); }

}  // namespace

TEST_CASE("silu(a b scale + bias) gate + residual, rounded to bf16: at widths of all kinds") {
  for (int n : {64, 60, 37}) {
    CAPTURE(n);
    constexpr int m = 35;
    constexpr int k = 48;
    matrix<bf16> a(m, k), b(k, n), gate(m, n), y(m, n);
    matrix<float> residual(m, n), bias(1, n), scale(m, 1);
    fill_random(a, 1), fill_random(b, 2), fill_random(gate, 3), fill_random(residual, 4),
        fill_random(bias, 5), fill_random(scale, 6);
    fill_random(y, 7);
    (y = ds::silu(ds::matmul(a, b) * scale + bias) * gate + residual).run(ds::emulated{});
    double worst = 0;
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        double const exact =
            silu(product(a, b, i, j) * at(scale, i) + at(bias, j)) * at(gate, i * n + j) +
            at(residual, i * n + j);
        double const error = std::fabs(at(y, i * n + j) - exact) / (1 + std::fabs(exact));
        worst = error <= worst ? worst : error;
      }
    CHECK(worst <= 1. / 256);
  }
}

TEST_CASE("a residual in the memory of the result") {
  constexpr int m = 20;
  constexpr int n = 24;
  constexpr int k = 16;
  matrix<float> a(m, k), b(k, n), y(m, n), before(m, n);
  fill_random(a, 1), fill_random(b, 2), fill_random(y, 3), fill_random(before, 3);
  (y = y + ds::matmul(a, b)).run(ds::emulated{});
  double worst = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j)
      worst = std::max(worst,
                       std::fabs(at(y, i * n + j) - at(before, i * n + j) - product(a, b, i, j)));
  CHECK(worst <= 1e-5);
}

TEST_CASE("a product of one row, or of one column, that is broadcast: still one kernel") {
  constexpr int m = 19;
  constexpr int n = 24;
  constexpr int k = 40;
  matrix<bf16> row(1, k), a(m, k), b(k, n), column(k, 1);
  matrix<float> c(m, n), y(m, n), z(m, n);
  fill_random(row, 1), fill_random(a, 2), fill_random(b, 3), fill_random(column, 4),
      fill_random(c, 5), fill_random(y, 6), fill_random(z, 7);
  (y = ds::matmul(row, b) + c).run(ds::emulated{});
  (z = ds::matmul(a, column) * c).run(ds::emulated{});
  double worst = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      worst =
          std::max(worst, std::fabs(at(y, i * n + j) - product(row, b, 0, j) - at(c, i * n + j)));
      worst = std::max(worst,
                       std::fabs(at(z, i * n + j) - product(a, column, i, 0) * at(c, i * n + j)));
    }
  CHECK(worst <= 1e-4);
}
