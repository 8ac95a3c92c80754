// SPDX-License-Identifier: Apache-2.0
/// @file The loops through the executor: every way to walk, where one gives way to another.
#include <deepseek/loop/row_loops.hpp>

#include <deepseek/exec/host.hpp>
#include <deepseek/expr/bind.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/sum.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace {

namespace ds = deepseek;
using matrix = ds::tensor<float, ds::dims<ds::dyn, ds::dyn>>;

matrix filled(std::int64_t rows, std::int64_t columns) {
  matrix x(rows, columns);
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<float>((i * 7919 + i / 3) % 1009) / 100.f - 5.f;
  return x;
}
void poison(matrix& y) {
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = std::numeric_limits<float>::quiet_NaN();
}
bool same_bits(matrix const& a, matrix const& b) {
  return std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}

/// Three passes, a value kept between them, a row's value used in the next pass.
template <class X> auto softmax_of(X const& x) {
  return ds::let(ds::exp(x - ds::max(x, ds::last)),
                 [](auto e) { return e / ds::sum(e, ds::last); });
}

std::vector<double> softmax_reference(matrix const& x) {
  std::vector<double> y(static_cast<std::size_t>(x.size()));
  for (std::int64_t r = 0; r < x.extent(0); ++r) {
    double largest = -INFINITY, sum = 0;
    for (std::int64_t c = 0; c < x.extent(1); ++c) largest = std::fmax(largest, x(r, c));
    for (std::int64_t c = 0; c < x.extent(1); ++c) sum += std::exp(x(r, c) - largest);
    for (std::int64_t c = 0; c < x.extent(1); ++c)
      y[static_cast<std::size_t>(r * x.extent(1) + c)] = std::exp(x(r, c) - largest) / sum;
  }
  return y;
}

constexpr std::int64_t row_lengths[] = {1,  2,  7,  8,   9,   15,  16,  17,  31,   33,
                                        63, 64, 65, 127, 128, 255, 256, 257, 1000, 4097};
constexpr std::int64_t row_counts[] = {1, 3, 4, 15, 16, 17, 40};

}  // namespace

TEST_CASE("rows of any length and number: a softmax is the reference's, at any number of threads") {
  for (std::int64_t const columns : row_lengths)
    for (std::int64_t const rows : row_counts) {
      CAPTURE(columns);
      CAPTURE(rows);
      matrix const x = filled(rows, columns);
      matrix y(rows, columns), z(rows, columns);
      poison(y);
      poison(z);
      (y = softmax_of(x)).run(ds::host{1});
      (z = softmax_of(x)).run(ds::host{3});
      CHECK(same_bits(y, z));
      std::vector<double> const wanted = softmax_reference(x);
      double worst = 0;
      for (std::int64_t i = 0; i < y.size(); ++i) {
        double const w = wanted[static_cast<std::size_t>(i)];
        worst = std::fmax(worst, std::fabs(y.data()[i] - w) / w);
        if (std::isnan(y.data()[i])) worst = INFINITY;
      }
      // exp is within 2 ulp, its argument within one of 20; the sum's error grows with its logarithm.
      CHECK(worst < 4e-6);
    }
}

TEST_CASE("contiguous or not, a row gives the same values but for rounding") {
  for (std::int64_t const columns : row_lengths) {
    CAPTURE(columns);
    constexpr std::int64_t rows = 19;
    matrix const x = filled(rows, columns);
    matrix transposed(columns, rows), y(rows, columns), z(rows, columns);
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = 0; c < columns; ++c) transposed(c, r) = x(r, c);
    poison(y);
    poison(z);
    (y = softmax_of(x)).run(ds::host{2});
    (z = softmax_of(ds::permute<1, 0>(transposed))).run(ds::host{2});
    double worst = 0;
    for (std::int64_t i = 0; i < y.size(); ++i)
      worst = std::fmax(worst, std::fabs(y.data()[i] - z.data()[i]) / y.data()[i]);
    CHECK(worst < 1e-6);  // the sums are taken in another order where rows are not unrolled alike
  }
}

TEST_CASE("a row that one thread does not walk alone: as if it did") {
  for (std::int64_t const columns : {std::int64_t{70000}, std::int64_t{300001}}) {
    CAPTURE(columns);
    matrix const x = filled(2, columns);
    matrix y(2, columns), z(2, columns);
    poison(y);
    poison(z);
    (y = softmax_of(x)).run(ds::host{1});
    (z = softmax_of(x)).run(ds::host{4});
    CHECK(same_bits(y, z));
    double sum = 0;
    for (std::int64_t c = 0; c < columns; ++c) sum += y(1, c);
    CHECK(sum == doctest::Approx(1).epsilon(1e-5));
  }
}

TEST_CASE("an operand of extent 1 along the row stands still, also when only its extents say so") {
  for (std::int64_t const columns : {std::int64_t{1}, std::int64_t{10}, std::int64_t{100}}) {
    CAPTURE(columns);
    constexpr std::int64_t rows = 21;
    matrix const x = filled(rows, columns), one = filled(rows, 1);
    matrix y(rows, columns);
    poison(y);
    (y = (x - one) * ds::sum(one, ds::last) + ds::sum(x, ds::last)).run(ds::host{});
    for (std::int64_t r = 0; r < rows; ++r) {
      double sum = 0;
      for (std::int64_t c = 0; c < columns; ++c) sum += x(r, c);
      for (std::int64_t c = 0; c < columns; ++c) {
        double const wanted = (double{x(r, c)} - one(r, 0)) * one(r, 0) + sum;
        CHECK(y(r, c) == doctest::Approx(wanted).epsilon(1e-4));
      }
    }
  }
}

TEST_CASE("columns: blocks of vectors, whole and not, one pass and several") {
  for (std::int64_t const columns : row_lengths)
    for (std::int64_t const rows : {std::int64_t{1}, std::int64_t{5}, std::int64_t{130}}) {
      CAPTURE(columns);
      CAPTURE(rows);
      matrix const x = filled(rows, columns);
      matrix y(rows, columns), z(rows, columns);
      poison(y);
      poison(z);
      auto const e = x / (ds::max(x, ds::axes<0>) - ds::sum(x, ds::axes<0>) + 1000.f);
      (y = e).run(ds::host{1});
      (z = e).run(ds::host{4});
      CHECK(same_bits(y, z));
      double worst = 0;
      for (std::int64_t c = 0; c < columns; ++c) {
        double largest = -INFINITY, sum = 0;
        for (std::int64_t r = 0; r < rows; ++r) {
          largest = std::fmax(largest, x(r, c));
          sum += x(r, c);
        }
        for (std::int64_t r = 0; r < rows; ++r)
          worst = std::fmax(worst, std::fabs(y(r, c) - x(r, c) / (largest - sum + 1000)));
      }
      CHECK(worst < 1e-5);
    }
}
