// SPDX-License-Identifier: Apache-2.0
/// @file matmul<precision::tf32>: factors rounded to 11 bits on the emulator's tensor cores, f32 by
/// default and on the host; beside sums in double.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/plan/report.hpp>

#include "random_products.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace ds = deepseek;
using namespace deepseek::test;

namespace {
constexpr double of_f32 = 1e-6;
/// Two factors, each off by half of 2^-10; and less than a hundredth of it cannot be by chance.
constexpr double of_tf32 = 1.01 / 1024;

template <class E, class Executor>
double error_of(E const& e, Executor const& executor, matrix<float> const& a,
                matrix<float> const& b, double scale) {
  auto const m = static_cast<int>(a.extent(0));
  auto const n = static_cast<int>(b.extent(1));
  matrix<float> y(m, n);
  fill_random(y, 9);
  (y = e).run(executor);
  return worst([&](int i, int j) { return y(i, j) / scale; }, [&](int i, int d) { return a(i, d); },
               [&](int d, int j) { return b(d, j); }, m, n, static_cast<int>(a.extent(1)));
}
}  // namespace

TEST_CASE("tf32 where it is asked for by name, alone and under an epilogue; f32 elsewhere") {
  for (int const k : {5, 48}) {
    CAPTURE(k);
    matrix<float> a(33, k), b(k, 68);
    fill_random(a, 1), fill_random(b, 2);
    auto const e = ds::matmul<ds::precision::tf32>(a, b);
    for (int const architecture : {80, 90}) {
      ds::emulated const gpu{1, architecture};
      double const rounded = error_of(e, gpu, a, b, 1);
      CHECK(rounded <= of_tf32);
      CHECK(rounded > of_tf32 / 100);
    }
    double const scaled = error_of(e * 2.f, ds::emulated{1}, a, b, 2);
    CHECK(scaled <= of_tf32);
    CHECK(scaled > of_tf32 / 100);
    CHECK(error_of(ds::matmul(a, b), ds::emulated{1}, a, b, 1) <= of_f32);
    CHECK(error_of(ds::matmul<ds::precision::f32>(a, b), ds::emulated{1}, a, b, 1) <= of_f32);
    CHECK(error_of(e, ds::host{2}, a, b, 1) <= of_f32);
    CHECK(error_of(e * 2.f, ds::host{2}, a, b, 2) <= of_f32);
  }
}

TEST_CASE("transposed operands and ones that are no tensors; the cost is that of matmul") {
  matrix<float> a(20, 33), b(36, 20), left(33, 20), right(20, 36);
  fill_random(a, 1), fill_random(b, 2);
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 33; ++j) left(j, i) = a(i, j);
    for (int j = 0; j < 36; ++j) right(i, j) = b(j, i);
  }
  auto const e = ds::matmul<ds::precision::tf32>(ds::transpose(a), ds::transpose(b) * 1.f);
  double const rounded = error_of(e, ds::emulated{1}, left, right, 1);
  CHECK(rounded <= of_tf32);
  CHECK(rounded > of_tf32 / 100);
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(e + 1.f)>> == 1);
  CHECK(ds::flops(e) == ds::flops(ds::matmul(ds::transpose(a), ds::transpose(b) * 1.f)));
}
