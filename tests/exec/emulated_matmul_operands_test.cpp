// SPDX-License-Identifier: Apache-2.0
/// @file Products whose operands are computed on the way to their tiles, on the emulator: eight-bit
/// weights, norms, activations, in all directions and at sizes of all kinds of alignment.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/quantize.hpp>
#include <deepseek/ops/rms_norm.hpp>

#include "random_products.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {

double silu(double x) { return x / (1 + std::exp(-x)); }
double rounded(double x) { return static_cast<double>(static_cast<float>(bf16(x))); }

/// rms_norm(x, gain), each element rounded to bf16, as an operand of a product is.
template <class X, class G>
std::vector<double> normalized(X const& x, G const& gain, int m, int k) {
  std::vector<double> y(static_cast<std::size_t>(m) * static_cast<std::size_t>(k));
  for (int i = 0; i < m; ++i) {
    double squares = 0;
    for (int d = 0; d < k; ++d) squares += at(x, i * k + d) * at(x, i * k + d);
    for (int d = 0; d < k; ++d)
      y[static_cast<std::size_t>(i * k + d)] =
          rounded(at(x, i * k + d) / std::sqrt(squares / k + 1e-6) * at(gain, d));
  }
  return y;
}

}  // namespace

TEST_CASE("silu(rms_norm(x, gain) dequantize(codes, scale) + bias) gate + residual") {
  struct extents {
    int m, n, k;
  };
  for (auto [m, n, k] : {extents{35, 72, 48}, extents{65, 64, 136}, extents{3, 61, 33},
                         extents{1, 8, 1}, extents{64, 40, 2048}}) {
    CAPTURE(m);
    CAPTURE(n);
    CAPTURE(k);
    matrix<bf16> x(m, k), gate(m, n), residual(m, n), y(m, n);
    ds::tensor<bf16, dims<dyn>> gain(k), scale(n), bias(n);
    matrix<std::int8_t> codes(k, n);
    fill_random(x, 1), fill_random(gain, 2), fill_random(codes, 3), fill_random(scale, 4),
        fill_random(bias, 5), fill_random(gate, 6), fill_random(residual, 7), fill_random(y, 8);
    for (int j = 0; j < n; ++j) scale.data()[j] = bf16(static_cast<float>(at(scale, j)) / 64);
    auto const e =
        ds::silu(ds::matmul(ds::rms_norm(x, gain), ds::dequantize(codes, scale)) + bias) * gate +
        residual;
    static_assert(ds::kernel_count<decltype(e), ds::on_gpu> == 2);
    (y = e).run(ds::emulated{});
    auto const a = normalized(x, gain, m, k);
    double worst = 0;
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        double exact = at(bias, j);
        double sizes = 1;
        for (int d = 0; d < k; ++d) {
          double const p =
              a[static_cast<std::size_t>(i * k + d)] * rounded(at(codes, d * n + j) * at(scale, j));
          exact += p;
          sizes += std::fabs(p);
        }
        exact = silu(exact) * at(gate, i * n + j) + at(residual, i * n + j);
        // Of an operand that is rounded the other way now and then, 2^-8 of one of its elements.
        double const bound = std::fabs(exact) / 256 + sizes / 2048;
        worst = std::max(worst, std::fabs(at(y, i * n + j) - exact) / bound);
      }
    CHECK(worst <= 1);
  }
}

TEST_CASE("maps of a, and of b where it lies along k; views between; f16") {
  using ds::f16;
  constexpr int m = 40;
  constexpr int n = 24;
  for (int k : {64, 37}) {
    CAPTURE(k);
    matrix<f16> a(m, k), y(m, n);
    matrix<std::int8_t> codes(n, k);
    matrix<f16> scale(n, 1);
    fill_random(a, 1), fill_random(codes, 2), fill_random(scale, 3), fill_random(y, 4);
    auto const e =
        ds::matmul(ds::relu(a) * 2.f, ds::transpose(ds::dequantize<f16>(codes, scale * 0.0625f)));
    static_assert(ds::kernel_count<decltype(e), ds::on_gpu> == 1);
    (y = e).run(ds::emulated{});
    double worst = 0;
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        double exact = 0;
        double sizes = 1e-9;
        for (int d = 0; d < k; ++d) {
          double const p =
              2 * std::max(at(a, i * k + d), 0.) * at(codes, j * k + d) * at(scale, j) / 16;
          exact += p;
          sizes += std::fabs(p);
        }
        worst = std::max(worst, std::fabs(at(y, i * n + j) - exact) / sizes);
      }
    CHECK(worst <= 1. / 1024);
  }
}

TEST_CASE("batches; the other operand of another alignment; a result in the memory of an operand") {
  constexpr int x = 3;
  constexpr int m = 16;
  constexpr int k = 16;
  ds::tensor<bf16, dims<dyn, dyn, dyn>> a(x, m, k), y(x, m, k);
  matrix<bf16> b(k, k);
  fill_random(a, 1), fill_random(b, 2), fill_random(y, 1);
  std::vector<double> exact;
  for (int q = 0; q < x; ++q)
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < k; ++j) {
        double sum = 0;
        for (int d = 0; d < k; ++d) sum += -at(a, (q * m + i) * k + d) * at(b, d * k + j);
        exact.push_back(sum);
      }
  (y = ds::matmul(-y, b)).run(ds::emulated{});  // reads what it writes
  matrix<bf16> line(x * m, k), shifted(k, k + 1), z(x * m, k);
  for (std::int64_t i = 0; i < a.size(); ++i) line.data()[i] = a.data()[i];
  for (int d = 0; d < k; ++d)
    for (int j = 0; j < k; ++j) shifted.data()[d * (k + 1) + j + 1] = b.data()[d * k + j];
  using View = ds::view<bf16 const, dims<dyn, dyn>, ds::strided<2>>;
  View const odd{shifted.data() + 1, dims<dyn, dyn>{k, k}, {{k + 1, 1}}};
  (z = ds::matmul(-line, odd)).run(ds::emulated{});
  double worst = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    auto const number = static_cast<std::int64_t>(i);
    worst = std::max(worst, std::fabs(at(y, number) - exact[i]));
    worst = std::max(worst, std::fabs(at(z, number) - exact[i]));
  }
  CHECK(worst <= 4. / 256);
}

TEST_CASE(
    "int8 from a quotient, along k; products that are no mma's have their operands in memory") {
  constexpr int m = 20;
  constexpr int n = 12;
  constexpr int k = 40;
  matrix<float> x(m, k), w(k, n), z(m, n);
  matrix<std::int8_t> codes(k, n);
  matrix<std::int32_t> y(m, n);
  fill_random(x, 1), fill_random(codes, 2), fill_random(w, 3);
  auto const e = ds::matmul(ds::cast<std::int8_t>(x * 100.f), codes);
  static_assert(ds::kernel_count<decltype(e), ds::on_gpu> == 1);
  (y = e).run(ds::emulated{});
  auto const apart = ds::matmul(x * 2.f, w);
  static_assert(ds::kernel_count<decltype(apart), ds::on_gpu> == 2);
  (z = apart).run(ds::emulated{});
  int wrong = 0;
  double worst = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      std::int64_t sum = 0;
      for (int d = 0; d < k; ++d)
        sum += std::int64_t{static_cast<std::int8_t>(x.data()[i * k + d] * 100.f)} *
               codes.data()[d * n + j];
      wrong += y.data()[i * n + j] != sum;
      worst = std::max(worst, std::fabs(at(z, i * n + j) - 2 * product(x, w, i, j)));
    }
  CHECK(wrong == 0);
  CHECK(worst <= 1e-5);
}
