// SPDX-License-Identifier: Apache-2.0
/// @file Products with prologues and epilogues on the host against sums in double: values, any number of
/// threads, results in the memory of operands.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/rms_norm.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/ops/squeeze.hpp>
#include <deepseek/ops/sum.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace {
namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
using vector = ds::tensor<float, dims<dyn>>;

struct random_numbers {
  std::uint64_t state;
  double operator()() {  // in [-1, 1)
    state = state * 6364136223846793005u + 1442695040888963407u;
    return double(state >> 33) / double(1u << 30) - 1;
  }
};
template <class Tensor> Tensor filled(Tensor x, std::uint64_t seed) {
  random_numbers next{seed};
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<typename Tensor::value_type>(next());
  return x;
}
template <class Tensor> Tensor poisoned(Tensor x) {
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = std::numeric_limits<typename Tensor::value_type>::quiet_NaN();
  return x;
}

using table = std::vector<std::vector<double>>;
template <class Tensor> table values(Tensor const& x) {
  table t(std::size_t(x.extent(0)), std::vector<double>(std::size_t(x.extent(1))));
  for (std::int64_t i = 0; i < x.extent(0); ++i)
    for (std::int64_t j = 0; j < x.extent(1); ++j)
      t[std::size_t(i)][std::size_t(j)] = double(x(i, j));
  return t;
}
table product(table const& a, table const& b) {
  table c(a.size(), std::vector<double>(b.empty() ? 0 : b[0].size()));
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < c[i].size(); ++j)
      for (std::size_t p = 0; p < b.size(); ++p) c[i][j] += a[i][p] * b[p][j];
  return c;
}
/// The largest difference; infinite for a NaN.
double error(matrix const& y, table const& expected) {
  double worst = 0;
  for (std::int64_t i = 0; i < y.extent(0); ++i)
    for (std::int64_t j = 0; j < y.extent(1); ++j) {
      double const d = std::abs(double(y(i, j)) - expected[std::size_t(i)][std::size_t(j)]);
      worst = d <= worst ? worst : d > worst ? d : std::numeric_limits<double>::infinity();
    }
  return worst;
}
double silu(double x) { return x / (1 + std::exp(-x)); }

struct extents {
  std::int64_t m, n, k;
};
extents const cases[] = {{1, 1, 1},   {1, 70, 33},    {3, 31, 5},   {13, 33, 17}, {15, 1, 40},
                         {29, 65, 7}, {70, 130, 400}, {600, 40, 9}, {5, 700, 3},  {4, 6, 0}};

TEST_CASE("norm of rows before, bias, silu, gate and residual after") {
  for (auto const& e : cases) {
    CAPTURE(e.m);
    CAPTURE(e.n);
    CAPTURE(e.k);
    auto const x = filled(matrix(e.m, e.k), 1);
    auto const w = filled(matrix(e.k, e.n), 2);
    auto const gate = filled(matrix(e.m, e.n), 3), residual = filled(matrix(e.m, e.n), 4);
    auto const gain = filled(vector(e.k), 5), bias = filled(vector(e.n), 6);
    table norm = values(x);
    for (auto& row : norm) {
      double squares = 0;
      for (double const v : row) squares += v * v;
      for (std::size_t p = 0; p < row.size(); ++p)
        row[p] *= double(gain(std::int64_t(p))) / std::sqrt(squares / double(row.size()) + 1e-6);
    }
    table expected = product(norm, values(w));
    if (e.k == 0) expected = table(std::size_t(e.m), std::vector<double>(std::size_t(e.n)));
    for (std::int64_t i = 0; i < e.m; ++i)
      for (std::int64_t j = 0; j < e.n; ++j) {
        double& y = expected[std::size_t(i)][std::size_t(j)];
        y = silu(y + double(bias(j))) * double(gate(i, j)) + double(residual(i, j));
      }
    auto const law = [&] {
      return ds::silu(ds::matmul(ds::rms_norm(x, gain, 1e-6), w) + bias) * gate + residual;
    };
    static_assert(ds::kernel_count<decltype(law())> == 1);
    auto y = poisoned(matrix(e.m, e.n));
    (y = law()).run(ds::host{1});
    CHECK(error(y, expected) < 2e-7 * std::sqrt(double(e.k) + 16) * 4);
    auto shared = poisoned(matrix(e.m, e.n));
    (shared = law()).run(ds::host{3});
    CHECK(std::memcmp(y.data(), shared.data(), std::size_t(y.size()) * 4) == 0);
  }
}

TEST_CASE("softmax of rows of a product, and several results of one") {
  for (auto const& e : cases) {
    CAPTURE(e.m);
    CAPTURE(e.n);
    CAPTURE(e.k);
    auto const a = filled(matrix(e.m, e.k), 7), b = filled(matrix(e.k, e.n), 8);
    table const scores = e.k == 0 ? table(std::size_t(e.m), std::vector<double>(std::size_t(e.n)))
                                  : product(values(a), values(b));
    table shares = scores;
    for (auto& row : shares) {
      double sum = 0;
      for (double& v : row) sum += v = std::exp(0.25 * v);
      for (double& v : row) v /= sum;
    }
    auto y = poisoned(matrix(e.m, e.n));
    (y = ds::softmax(ds::matmul(a, b) * 0.25f, last)).run(ds::host{2});
    CHECK(error(y, shares) < 1e-6);

    auto twice = poisoned(matrix(e.m, e.n));
    auto squares = poisoned(matrix(e.m, 1));
    (ds::tie(twice, squares) = ds::let(ds::matmul(a, b), [](auto v) {
       return ds::outputs(v * 2.f, ds::sum(v * v, last));
     })).run(ds::host{2});
    table doubled = scores, sums(std::size_t(e.m), std::vector<double>(1));
    for (std::size_t i = 0; i < scores.size(); ++i)
      for (std::size_t j = 0; j < scores[i].size(); ++j) {
        doubled[i][j] *= 2;
        sums[i][0] += scores[i][j] * scores[i][j];
      }
    CHECK(error(twice, doubled) < 1e-4);
    CHECK(error(squares, sums) < 1e-5 * (double(e.n) * double(e.k) + 1));
  }
}

TEST_CASE("weights of eight bits, as they lie and transposed, with a scale for each column") {
  for (auto const& e : cases) {
    CAPTURE(e.m);
    CAPTURE(e.n);
    CAPTURE(e.k);
    auto const x = filled(matrix(e.m, e.k), 9);
    auto const scale = filled(vector(e.n), 10);
    ds::tensor<std::int8_t, dims<dyn, dyn>> codes(e.k, e.n), turned(e.n, e.k);
    random_numbers next{11};
    table w(std::size_t(e.k), std::vector<double>(std::size_t(e.n)));
    for (std::int64_t p = 0; p < e.k; ++p)
      for (std::int64_t j = 0; j < e.n; ++j) {
        codes(p, j) = turned(j, p) = std::int8_t(next() * 127);
        w[std::size_t(p)][std::size_t(j)] = double(codes(p, j)) * double(scale(j));
      }
    table expected = e.k == 0 ? table(std::size_t(e.m), std::vector<double>(std::size_t(e.n)))
                              : product(values(x), w);
    auto y = poisoned(matrix(e.m, e.n));
    (y = ds::matmul(x, ds::cast<float>(codes) * scale)).run(ds::host{2});
    CHECK(error(y, expected) < 1e-4 * std::sqrt(double(e.k) + 1));
    auto z = poisoned(matrix(e.m, e.n));
    (z = ds::matmul(x, ds::transpose(ds::cast<float>(turned) * ds::unsqueeze<1>(scale))))
        .run(ds::host{2});
    CHECK(error(z, expected) < 1e-4 * std::sqrt(double(e.k) + 1));
  }
}

TEST_CASE("the result in the memory of a, of b, of the residual, of what the norm reads") {
  auto const a = filled(matrix(40, 40), 12), b = filled(matrix(40, 40), 13);
  table expected = product(values(a), values(b));
  for (std::size_t i = 0; i < 40; ++i)
    for (std::size_t j = 0; j < 40; ++j)
      expected[i][j] = 2 * expected[i][j] + double(a(std::int64_t(i), std::int64_t(j)));
  matrix y = a;
  (y = ds::matmul(y, b) * 2.f + y).run(ds::host{2});
  CHECK(error(y, expected) < 1e-5);
  y = b;
  (y = ds::matmul(a, y) * 2.f + a).run(ds::host{2});
  CHECK(error(y, expected) < 1e-5);
  y = a;
  matrix const copy = a;
  (y = ds::matmul(copy, b) * 2.f + y).run(ds::host{2});
  CHECK(error(y, expected) < 1e-5);
  y = a;
  (y = ds::matmul(y * 1.f, b) * 2.f + copy).run(ds::host{2});
  CHECK(error(y, expected) < 1e-5);
}

TEST_CASE("batches: broadcast operands of the product and of what is above it") {
  ds::tensor<float, dims<dyn, dyn, dyn>> a(3, 20, 9);
  a = filled(a, 14);
  auto const b = filled(matrix(9, 50), 15), bias = filled(matrix(20, 50), 16);
  auto const gain = filled(vector(9), 17);
  ds::tensor<float, dims<dyn, dyn, dyn>> y(3, 20, 50);
  (y = ds::matmul(a * gain, b) + bias).run(ds::host{2});
  double worst = 0;
  for (std::int64_t g = 0; g < 3; ++g)
    for (std::int64_t i = 0; i < 20; ++i)
      for (std::int64_t j = 0; j < 50; ++j) {
        double sum = double(bias(i, j));
        for (std::int64_t p = 0; p < 9; ++p)
          sum += double(a(g, i, p)) * double(gain(p)) * double(b(p, j));
        worst = std::fmax(worst, std::abs(sum - double(y(g, i, j))));
      }
  CHECK(worst < 1e-5);
}

TEST_CASE("many small results are taken several at a time, along the last batch axis") {
  ds::tensor<float, dims<dyn, dyn, dyn, dyn>> q(3, 4, 6, 5), k(3, 4, 5, 7), y(3, 4, 6, 7);
  q = filled(q, 23);
  k = filled(k, 24);
  ds::tensor<float, dims<dyn, 1, 1, dyn>> mask(3, 7);
  mask = filled(mask, 25);
  for (int const threads : {1, 2}) {
    y = poisoned(y);
    (y = ds::matmul(q, k) * 2.f + mask).run(ds::host{threads});
    double worst = 0;
    for (std::int64_t b = 0; b < 3; ++b)
      for (std::int64_t h = 0; h < 4; ++h)
        for (std::int64_t i = 0; i < 6; ++i)
          for (std::int64_t j = 0; j < 7; ++j) {
            double sum = double(mask(b, 0, 0, j));
            for (std::int64_t p = 0; p < 5; ++p)
              sum += 2 * double(q(b, h, i, p)) * double(k(b, h, p, j));
            double const d = std::abs(sum - double(y(b, h, i, j)));
            worst = d <= worst ? worst : d;
          }
    CHECK(worst < 1e-5);
  }
}

TEST_CASE("the variable of a let under a product and beside it") {
  auto const x = filled(matrix(7, 9), 21), w = filled(matrix(9, 9), 22);
  table twice = values(x);
  for (auto& row : twice)
    for (double& v : row) v *= 2;
  table expected = product(twice, values(w));
  for (std::size_t i = 0; i < 7; ++i)
    for (std::size_t j = 0; j < 9; ++j) expected[i][j] += twice[i][j];
  auto y = poisoned(matrix(7, 9));
  (y = ds::let(x * 2.f, [&](auto v) { return ds::matmul(v, w) + v; })).run(ds::host{2});
  CHECK(error(y, expected) < 1e-5);
}

TEST_CASE("a product that is broadcast, which only its extents say, is evaluated first") {
  auto const a = filled(matrix(1, 9), 18), b = filled(matrix(9, 5), 19);
  auto const x = filled(matrix(7, 5), 20);
  table const row = product(values(a), values(b));
  table expected = values(x);
  for (auto& r : expected)
    for (std::size_t j = 0; j < 5; ++j) r[j] += row[0][j];
  auto y = poisoned(matrix(7, 5));
  (y = ds::matmul(a, b) + x).run(ds::host{2});
  CHECK(error(y, expected) < 1e-6);
}
}  // namespace
