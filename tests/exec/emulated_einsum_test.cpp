// SPDX-License-Identifier: Apache-2.0
/// @file einsum on the emulator: products whose result is in another order, with an epilogue, axes
/// merged by a view and by a copy; beside sums in double.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/einsum.hpp>

#include "random_products.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {
template <class T> using four = ds::tensor<T, dims<dyn, dyn, dyn, dyn>>;
}

TEST_CASE("\"bhqk,bkhd->bqhd\" of bf16, with a bias: written in the order of the result") {
  constexpr int b = 2, h = 3, q = 33, k = 40, d = 24;
  four<bf16> p(b, h, q, k), v(b, k, h, d), y(b, q, h, d);
  ds::tensor<float, dims<dyn, dyn>> bias(h, d);
  fill_random(p, 1), fill_random(v, 2), fill_random(bias, 3), fill_random(y, 4);
  (y = ds::einsum<"bhqk,bkhd->bqhd">(p, v) + bias).run(ds::emulated{});
  double worst = 0;
  for (int x = 0; x < b; ++x)
    for (int i = 0; i < q; ++i)
      for (int g = 0; g < h; ++g)
        for (int j = 0; j < d; ++j) {
          double sum = static_cast<double>(bias(g, j));
          for (int n = 0; n < k; ++n)
            sum += static_cast<double>(p(x, g, i, n)) * static_cast<double>(v(x, n, g, j));
          double const error = std::fabs(static_cast<double>(y(x, i, g, j)) - sum);
          worst = error <= worst * (1 + std::fabs(sum)) ? worst : error / (1 + std::fabs(sum));
        }
  CHECK(worst <= 1. / 256);
}

TEST_CASE("\"bqhd,hdo->boq\" of f32: h and d are one axis; of permuted memory they are a copy") {
  constexpr int b = 2, q = 9, h = 4, d = 8, o = 12;
  four<float> x(b, q, h, d), turned(b, h, q, d);
  ds::tensor<float, dims<dyn, dyn, dyn>> w(h, d, o), y(b, o, q), z(b, o, q);
  fill_random(x, 1), fill_random(w, 2), fill_random(y, 3), fill_random(z, 4);
  for (int i = 0; i < b * q * h * d; ++i)
    turned(i / (q * h * d), i / d % h, i / (h * d) % q, i % d) = x.data()[i];
  (y = ds::einsum<"bqhd,hdo->boq">(x, w)).run(ds::emulated{});
  (z = ds::einsum<"bhqd,hdo->boq">(turned, w)).run(ds::emulated{});
  double worst = 0;
  for (int i = 0; i < b * q * o; ++i) {
    int const batch = i / (q * o), row = i / o % q, column = i % o;
    double sum = 0;
    for (int n = 0; n < h * d; ++n)
      sum += static_cast<double>(x.data()[(batch * q + row) * h * d + n]) *
             static_cast<double>(w.data()[n * o + column]);
    for (auto const* const r : {&y, &z}) {
      double const error = std::fabs(static_cast<double>((*r)(batch, column, row)) - sum);
      worst = error <= worst ? worst : error;
    }
  }
  CHECK(worst <= 1e-5);
}

TEST_CASE(
    "\"btd,do->bto\" of bf16, few rows of many matrices: they are one matrix, on sm_90a too") {
  for (int const t : {1, 3})
    for (int const architecture : {80, 90}) {
      CAPTURE(t);
      CAPTURE(architecture);
      constexpr int b = 35, d = 24, o = 40;
      ds::tensor<bf16, dims<dyn, dyn, dyn>> x(b, t, d);
      matrix<bf16> w(d, o);
      ds::tensor<float, dims<dyn, dyn, dyn>> y(b, t, o), z(b, t, o), gate(b, t, o);
      fill_random(x, 1), fill_random(w, 2), fill_random(y, 3), fill_random(gate, 4);
      auto const e = ds::einsum<"btd,do->bto">(x, w);
      (y = e).run(ds::emulated{1, architecture});
      (z = e * gate).run(ds::emulated{1, architecture});
      double most = 0;
      for (int i = 0; i < b * t; ++i)
        for (int j = 0; j < o; ++j) {
          double sum = 0;
          for (int n = 0; n < d; ++n) sum += at(x, i * d + n) * at(w, n * o + j);
          most = std::max(most, std::fabs(at(y, i * o + j) - sum));
          most = std::max(most, std::fabs(at(z, i * o + j) - sum * at(gate, i * o + j)));
        }
      CHECK(most <= 1e-5);
    }
}
