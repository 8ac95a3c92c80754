// SPDX-License-Identifier: Apache-2.0
/// @file Products on the emulator: dtypes and awkward extents, against sums in double.
#include <deepseek/exec/emulated.hpp>
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

constexpr double rounded_bf16 = 1. / 256;
constexpr double rounded_f32 = 1e-6;

template <class T, class Y> void check(int m, int n, int k, double bound) {
  CAPTURE(m);
  CAPTURE(n);
  CAPTURE(k);
  matrix<T> a(m, k), b(k, n);
  matrix<Y> y(m, n);
  fill_random(a, 3);
  fill_random(b, 4);
  fill_random(y, 5);
  (y = ds::matmul(a, b)).run(ds::emulated{});
  CHECK(worst([&](int i, int j) { return y.data()[i * n + j]; },
              [&](int i, int d) { return a.data()[i * k + d]; },
              [&](int d, int j) { return b.data()[d * n + j]; }, m, n, k) <= bound);
}

}  // namespace

TEST_CASE("bf16, at sizes of all kinds of alignment") {
  check<bf16, bf16>(64, 64, 64, rounded_bf16);
  check<bf16, bf16>(65, 72, 40, rounded_bf16);
  check<bf16, float>(3, 7, 5, 1e-5);
  check<bf16, bf16>(1, 1, 1, rounded_bf16);
  check<bf16, float>(70, 61, 33, 1e-5);
}

TEST_CASE("f32 stays f32; f64 and integers are exact in theirs") {
  check<float, float>(65, 67, 31, rounded_f32);
  check<double, double>(9, 10, 11, 1e-15);
  check<std::int8_t, std::int32_t>(33, 32, 48, 0);
  check<std::int32_t, std::int32_t>(5, 6, 7, 0);
}

TEST_CASE("k = 0 is zero, no rows are nothing") {
  matrix<bf16> a(5, 0), b(0, 6), none(0, 4), c(4, 6), y(5, 6), z(0, 6);
  fill_random(y, 9);
  (y = ds::matmul(a, b)).run(ds::emulated{});
  for (int i = 0; i < 30; ++i) CHECK(static_cast<float>(y.data()[i]) == 0.f);
  (z = ds::matmul(none, c)).run(ds::emulated{});
}
