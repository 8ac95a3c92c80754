// SPDX-License-Identifier: Apache-2.0
/// @file Products on the emulator: transposes, batches, operands to be evaluated, results in place; against
/// sums in double.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>

namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
template <class T> using matrix = ds::tensor<T, dims<dyn, dyn>>;
template <class T> using cube = ds::tensor<T, dims<dyn, dyn, dyn>>;

namespace {

template <class X> void fill(X& x, unsigned seed) {
  using T = typename X::value_type;
  std::mt19937 engine{seed};
  std::uniform_real_distribution<double> any{-1, 1};
  for (std::int64_t i = 0; i < x.size(); ++i)
    if constexpr (std::is_integral_v<T>)
      x.data()[i] = static_cast<T>(std::lround(any(engine) * 90));
    else x.data()[i] = T(static_cast<float>(any(engine)));
}

/// y(i, j) beside the sum of a(i, d) b(d, j) in double: the worst error, in units of the sum of sizes.
template <class Y, class A, class B>
double worst(Y const& y, A const& a, B const& b, int m, int n, int k) {
  double most = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double exact = 0;
      double sizes = 1e-30;
      for (int d = 0; d < k; ++d) {
        double const p = static_cast<double>(a(i, d)) * static_cast<double>(b(d, j));
        exact += p;
        sizes += std::fabs(p);
      }
      double const error = std::fabs(static_cast<double>(y(i, j)) - exact) / sizes;
      most = error <= most ? most : error;
    }
  return most;
}

constexpr double rounded_f32 = 1e-6;

}  // namespace

TEST_CASE("transposed operands and results are read and written where they lie") {
  matrix<bf16> at(48, 40), bt(64, 48);
  matrix<float> yt(64, 40);
  fill(at, 1);
  fill(bt, 2);
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
  fill(a, 1);
  fill(b, 2);
  (y = ds::matmul(a, b)).run(ds::emulated{});
  for (int batch = 0; batch < x; ++batch)
    CHECK(worst([&](int i, int j) { return y.data()[(batch * 9 + i) * 24 + j]; },
                [&](int i, int d) { return a.data()[(batch * 9 + i) * 16 + d]; },
                [&](int d, int j) { return b.data()[d * 24 + j]; }, 9, 24, 16) <= 1e-5);
}

TEST_CASE("a result in the memory of an operand is computed beside it") {
  matrix<float> a(20, 20), b(20, 20), before(20, 20);
  fill(a, 1);
  fill(b, 2);
  (before = a * 1.f).run(ds::emulated{});
  (a = ds::matmul(a, b)).run(ds::emulated{});
  CHECK(worst([&](int i, int j) { return a.data()[i * 20 + j]; },
              [&](int i, int d) { return before.data()[i * 20 + d]; },
              [&](int d, int j) { return b.data()[d * 20 + j]; }, 20, 20, 20) <= rounded_f32);
}

TEST_CASE("operands that are no tensors are evaluated first") {
  matrix<float> a(7, 20), b(20, 9), y(7, 9);
  fill(a, 1);
  fill(b, 2);
  (y = ds::matmul(a + 1.f, b * 2.f)).run(ds::emulated{});
  CHECK(worst([&](int i, int j) { return y.data()[i * 9 + j]; },
              [&](int i, int d) { return a.data()[i * 20 + d] + 1.f; },
              [&](int d, int j) { return b.data()[d * 9 + j] * 2.f; }, 7, 9, 20) <= rounded_f32);
}
