// SPDX-License-Identifier: Apache-2.0
/// @file Products with their epilogues as one kernel of sm_90a, on the emulator; where operands do not lie
/// so, as one kernel of any GPU.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/tensor/tensor.hpp>

#include "random_products.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

namespace ds = deepseek;
using ds::bf16;
using namespace deepseek::test;

namespace {

double of(bf16 x) { return static_cast<double>(static_cast<float>(x)); }

/// y = silu(a b + bias) * gate + residual of m x n x k; how many results are not right.
int wrong(int m, int n, int k) {
  matrix<bf16> a(m, k), b(k, n), gate(m, n), y(m, n);
  matrix<float> bias(1, n), residual(m, 1);
  fill_random(a, 1);
  fill_random(b, 2);
  fill_random(gate, 3);
  fill_random(bias, 4);
  fill_random(residual, 5);
  fill_random(y, 6);
  (y = ds::silu(ds::matmul(a, b) + bias) * gate + residual).run(ds::emulated{1, 90});
  int count = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double sum = bias.data()[j];
      for (int d = 0; d < k; ++d) sum += of(a(i, d)) * of(b(d, j));
      double const exact =
          sum / (1 + std::exp(-sum)) * of(gate(i, j)) + static_cast<double>(residual.data()[i]);
      count += !(std::fabs(of(y(i, j)) - exact) <= std::fabs(exact) / 256 + 1e-4);
    }
  return count;
}

}  // namespace

TEST_CASE("one kernel of sm_90a: whole tiles and tails") {
  CHECK(wrong(128, 128, 64) == 0);
  CHECK(wrong(131, 72, 104) == 0);
  CHECK(wrong(1, 8, 8) == 0);
}

TEST_CASE("rows that are not at multiples of 16 bytes: another kernel") {
  CHECK(wrong(20, 37, 24) == 0);
  CHECK(wrong(20, 40, 9) == 0);
}
