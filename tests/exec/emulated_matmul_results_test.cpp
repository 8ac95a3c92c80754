// SPDX-License-Identifier: Apache-2.0
/// @file Products with several results, of batches, and with an epilogue of rows, which is a second kernel.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/softmax.hpp>

#include "random_products.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("several results of one product") {
  constexpr int m = 9;
  constexpr int n = 16;
  constexpr int k = 32;
  matrix<bf16> a(m, k), b(k, n), rounded(m, n);
  matrix<float> twice(m, n);
  fill_random(a, 1), fill_random(b, 2);
  (ds::tie(twice, rounded) = ds::let(ds::matmul(a, b), [](auto p) {
     return ds::outputs(p * 2.f, ds::relu(p));
   })).run(ds::emulated{});
  double worst = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double const p = product(a, b, i, j);
      worst = std::max(worst, std::fabs(at(twice, i * n + j) - 2 * p));
      worst = std::max(worst, std::fabs(at(rounded, i * n + j) - std::max(p, 0.)) / 256);
    }
  CHECK(worst <= 1e-4);
}

TEST_CASE("batches with a bias of their own") {
  constexpr int x = 2;
  constexpr int m = 5;
  constexpr int n = 8;
  constexpr int k = 16;
  ds::tensor<float, dims<dyn, dyn, dyn>> a(x, m, k), y(x, m, n), bias(x, 1, n);
  matrix<float> b(k, n);
  fill_random(a, 1), fill_random(b, 2), fill_random(bias, 3);
  (y = ds::matmul(a, b) + bias).run(ds::emulated{});
  double worst = 0;
  for (int q = 0; q < x; ++q)
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        double exact = at(bias, q * n + j);
        for (int d = 0; d < k; ++d) exact += at(a, (q * m + i) * k + d) * at(b, d * n + j);
        worst = std::max(worst, std::fabs(at(y, (q * m + i) * n + j) - exact));
      }
  CHECK(worst <= 1e-5);
}

TEST_CASE("softmax of a product: the product into memory, then rows") {
  constexpr int m = 7;
  constexpr int n = 12;
  constexpr int k = 20;
  using rows = ds::tensor<float, dims<m, n>>;
  matrix<float> a(m, k);
  ds::tensor<float, dims<dyn, n>> b(k);
  rows y;
  fill_random(a, 1), fill_random(b, 2);
  (y = ds::softmax(ds::matmul(a, b) * 3.f)).run(ds::emulated{});
  double worst = 0;
  for (int i = 0; i < m; ++i) {
    double sum = 0;
    for (int j = 0; j < n; ++j) sum += std::exp(3 * product(a, b, i, j));
    for (int j = 0; j < n; ++j)
      worst =
          std::max(worst, std::fabs(at(y, i * n + j) - std::exp(3 * product(a, b, i, j)) / sum));
  }
  CHECK(worst <= 1e-5);
}
