// SPDX-License-Identifier: Apache-2.0
/// @file Products on the emulator: transposes, batches, operands to be evaluated, results in place; against
/// sums in double.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>

#include "random_products.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;
template <class T> using cube = ds::tensor<T, dims<dyn, dyn, dyn>>;

namespace {

constexpr double rounded_f32 = 1e-6;

}  // namespace

TEST_CASE("transposed operands and results are read and written where they lie") {
  matrix<bf16> at(48, 40), bt(64, 48);
  matrix<float> yt(64, 40);
  fill_random(at, 1);
  fill_random(bt, 2);
  (ds::transpose(yt.as_view()) = ds::matmul(ds::transpose(at), ds::transpose(bt)))
      .run(ds::emulated{});
  CHECK(worst([&](int i, int j) { return yt.data()[j * 40 + i]; },
              [&](int i, int d) { return at.data()[d * 40 + i]; },
              [&](int d, int j) { return bt.data()[j * 48 + d]; }, 40, 64, 48) <= 1e-5);
}

TEST_CASE("batches, which an operand has or has not") {
  constexpr int x = 3;
  cube<bf16> a(x, 9, 16);
  matrix<bf16> b(16, 24);
  cube<float> y(x, 9, 24);
  fill_random(a, 1);
  fill_random(b, 2);
  (y = ds::matmul(a, b)).run(ds::emulated{});
  for (int batch = 0; batch < x; ++batch)
    CHECK(worst([&](int i, int j) { return y.data()[(batch * 9 + i) * 24 + j]; },
                [&](int i, int d) { return a.data()[(batch * 9 + i) * 16 + d]; },
                [&](int d, int j) { return b.data()[d * 24 + j]; }, 9, 24, 16) <= 1e-5);
}

TEST_CASE("a result in the memory of an operand is computed beside it") {
  matrix<float> a(20, 20), b(20, 20), before(20, 20);
  fill_random(a, 1);
  fill_random(b, 2);
  (before = a * 1.f).run(ds::emulated{});
  (a = ds::matmul(a, b)).run(ds::emulated{});
  CHECK(worst([&](int i, int j) { return a.data()[i * 20 + j]; },
              [&](int i, int d) { return before.data()[i * 20 + d]; },
              [&](int d, int j) { return b.data()[d * 20 + j]; }, 20, 20, 20) <= rounded_f32);
}

TEST_CASE("operands that are no tensors are evaluated first") {
  matrix<float> a(7, 20), b(20, 9), y(7, 9);
  fill_random(a, 1);
  fill_random(b, 2);
  (y = ds::matmul(a + 1.f, b * 2.f)).run(ds::emulated{});
  CHECK(worst([&](int i, int j) { return y.data()[i * 9 + j]; },
              [&](int i, int d) { return a.data()[i * 20 + d] + 1.f; },
              [&](int d, int j) { return b.data()[d * 9 + j] * 2.f; }, 7, 9, 20) <= rounded_f32);
}
