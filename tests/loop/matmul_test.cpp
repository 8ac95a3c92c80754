// SPDX-License-Identifier: Apache-2.0
/// @file c = a b on any extents and strides, element by element against sums in double.
#include <deepseek/loop/matmul.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {
namespace ds = deepseek;
using ds::loop::matmul_extents;
using ds::loop::matrix;

struct strides {
  std::int64_t row;
  std::int64_t column;
};
template <class A, class B, class C> struct product {
  matrix<A const> a;
  matrix<B const> b;
  matrix<C> c;
};
template <class T> std::vector<T> filled(std::int64_t count, int step) {
  std::vector<T> v(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    v[std::size_t(i)] = static_cast<T>(static_cast<float>(i * step % 17 - 8) / 4.f);
  return v;
}

/// One matrix; elements that c does not reach keep their poison. Sums of multiples of 1/16 are exact.
template <class A, class B, class C, class Compute>
bool right(std::int64_t m, std::int64_t n, std::int64_t k, strides sa, strides sb, strides sc,
           int threads = 1) {
  auto const reach = [](std::int64_t rows, std::int64_t columns, strides s) {
    return rows * s.row + columns * s.column + 1;
  };
  auto const a = filled<A>(reach(m, k, sa), 7);
  auto const b = filled<B>(reach(k, n, sb), 5);
  C const poison = static_cast<C>(99.f);
  std::vector<C> c(std::size_t(reach(m, n, sc)), poison);
  auto expected = c;
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::int64_t p = 0; p < k; ++p)
        sum += double(a[std::size_t(i * sa.row + p * sa.column)]) *
               double(b[std::size_t(p * sb.row + j * sb.column)]);
      expected[std::size_t(i * sc.row + j * sc.column)] = static_cast<C>(sum);
    }
  ds::loop::matmul<Compute>(
      matmul_extents{1, m, n, k},
      [&](std::int64_t) {
        return product<A, B, C>{{a.data(), sa.row, sa.column},
                                {b.data(), sb.row, sb.column},
                                {c.data(), sc.row, sc.column}};
      },
      threads);
  return std::memcmp(c.data(), expected.data(), c.size() * sizeof(C)) == 0;
}

constexpr std::int64_t columns = ds::loop::detail::multiply_add<float>::columns;
constexpr std::int64_t rows = ds::loop::detail::multiply_add<float>::rows;

TEST_CASE("every number of rows and columns around a tile") {
  for (std::int64_t const m : {std::int64_t{1}, rows - 1, rows, rows + 1, 2 * rows + 3})
    for (std::int64_t const n : {std::int64_t{1}, columns - 1, columns, columns + 1, 2 * columns})
      for (std::int64_t const k : {1, 2, 19}) {
        CAPTURE(m);
        CAPTURE(n);
        CAPTURE(k);
        CHECK(right<float, float, float, float>(m, n, k, {k, 1}, {n, 1}, {n, 1}));
      }
}

TEST_CASE("transposed operands, a transposed result, gaps between rows and columns") {
  for (std::int64_t const n : {std::int64_t{5}, columns, 2 * columns + 3}) {
    std::int64_t const m = rows + 2, k = 37;
    CHECK(right<float, float, float, float>(m, n, k, {1, m}, {n, 1}, {n, 1}));
    CHECK(right<float, float, float, float>(m, n, k, {k, 1}, {1, k}, {n, 1}));
    CHECK(right<float, float, float, float>(m, n, k, {k, 1}, {n, 1}, {1, m}));
    CHECK(right<float, float, float, float>(m, n, k, {2 * k + 5, 2}, {3 * n, 3}, {2 * n + 1, 2}));
  }
}

TEST_CASE("k around the steps that it is summed in, with gaps and transposes") {
  std::int64_t const m = rows + 3, n = columns + 5;
  for (std::int64_t const k : {383, 384, 385, 767, 800}) {
    CAPTURE(k);
    CHECK(right<float, float, float, float>(m, n, k, {k + 3, 1}, {n + 1, 1}, {n + 2, 1}));
    CHECK(right<float, float, float, float>(m, n, k, {1, m}, {1, k}, {n, 1}));
    CHECK(right<double, double, double, double>(m, n, k, {k, 1}, {n, 1}, {1, m}));
  }
}

TEST_CASE("few rows, which are not packed, and few columns, which are turned into rows") {
  for (std::int64_t const few : {1, 2, 3, 4, 5, 9})
    for (std::int64_t const many : {1, 7, 70, 203})
      for (std::int64_t const k : {1, 6, 65}) {
        CAPTURE(few);
        CAPTURE(many);
        CAPTURE(k);
        std::int64_t const m = many, n = few;
        CHECK(right<float, float, float, float>(n, m, k, {k, 1}, {m + 1, 1}, {m, 1}));
        CHECK(right<float, float, float, float>(n, m, k, {k, 1}, {1, k}, {m, 1}));
        CHECK(right<float, float, float, float>(n, m, k, {1, n}, {1, k}, {m, 1}));
        CHECK(right<float, float, float, float>(m, n, k, {k, 1}, {n, 1}, {n, 1}));
        CHECK(right<float, float, float, float>(m, n, k, {1, m}, {1, k}, {1, m}));
      }
  CHECK(right<ds::bf16, ds::f16, float, float>(3, 70, 65, {65, 1}, {70, 1}, {70, 1}));
  CHECK(right<ds::bf16, ds::f16, ds::f16, float>(70, 3, 65, {65, 1}, {3, 1}, {3, 1}));
}

TEST_CASE("several pieces down and across, shared by threads") {
  for (int const threads : {1, 3}) {
    CHECK(right<float, float, float, float>(620, 300, 20, {20, 1}, {300, 1}, {300, 1}, threads));
    CHECK(right<float, float, ds::f16, float>(90, 700, 40, {40, 1}, {1, 40}, {701, 1}, threads));
  }
}

TEST_CASE("dtypes: computed wide, stored rounded") {
  CHECK(right<double, double, double, double>(9, 21, 13, {13, 1}, {21, 1}, {21, 1}));
  CHECK(right<ds::f16, ds::f16, float, float>(9, 70, 13, {13, 1}, {70, 1}, {70, 1}));
  CHECK(right<ds::bf16, ds::bf16, ds::bf16, float>(9, 70, 40, {40, 1}, {1, 40}, {70, 1}));
  CHECK(right<std::int8_t, std::int8_t, std::int32_t, std::int32_t>(9, 70, 13, {13, 1}, {70, 1},
                                                                    {70, 1}));
  CHECK(right<float, ds::f16, float, float>(9, 70, 40, {40, 1}, {1, 40}, {70, 1}));
}

TEST_CASE("dot products of bf16 and of int8: every rest of k, every order of both operands") {
  std::int64_t const n = columns + 5;
  for (std::int64_t const m : {std::int64_t{5}, rows + 3})
    for (std::int64_t const k : {1, 2, 3, 5, 31, 64, 130, 401}) {
      CAPTURE(m);
      CAPTURE(k);
      CHECK(right<ds::bf16, ds::bf16, float, float>(m, n, k, {k, 1}, {n, 1}, {n, 1}));
      CHECK(right<ds::bf16, ds::bf16, float, float>(m, n, k, {1, m}, {1, k}, {n, 1}));
      CHECK(right<ds::bf16, ds::bf16, float, float>(m, n, k, {2 * k, 2}, {3 * n, 3}, {n, 1}));
      using i8 = std::int8_t;
      CHECK(right<i8, i8, std::int32_t, std::int32_t>(m, n, k, {k, 1}, {n, 1}, {n, 1}));
      CHECK(right<i8, i8, std::int32_t, std::int32_t>(m, n, k, {1, m}, {1, k}, {n, 1}));
      CHECK(right<i8, i8, std::int32_t, std::int32_t>(m, n, k, {2 * k, 2}, {3 * n, 3}, {n, 1}));
    }
}

TEST_CASE("the extremes of int8 do not saturate") {
  std::int64_t const m = 20, n = 40, k = 100;
  std::vector<std::int8_t> a(std::size_t(m * k), -128), b(std::size_t(k * n), -128);
  std::vector<std::int32_t> c(std::size_t(m * n), 7);
  ds::loop::matmul<std::int32_t>(
      matmul_extents{1, m, n, k},
      [&](std::int64_t) {
        return product<std::int8_t, std::int8_t, std::int32_t>{
            {a.data(), k, 1}, {b.data(), n, 1}, {c.data(), n, 1}};
      },
      1);
  for (std::int32_t const x : c) CHECK(x == 128 * 128 * k);
}

TEST_CASE("k = 0 gives zeros; no rows or no columns give nothing") {
  CHECK(right<float, float, float, float>(3, 5, 0, {0, 1}, {5, 1}, {5, 1}));
  CHECK(right<float, float, float, float>(0, 5, 3, {3, 1}, {5, 1}, {5, 1}));
  CHECK(right<float, float, float, float>(3, 0, 3, {3, 1}, {0, 1}, {0, 1}));
}

TEST_CASE("NaN and infinity meet every element they belong to, zeros included") {
  std::vector<float> a{0, 1, 2, 3}, b{NAN, 1, INFINITY, 1}, c(4, 9);
  ds::loop::matmul<float>(
      matmul_extents{1, 2, 2, 2},
      [&](std::int64_t) {
        return product<float, float, float>{{a.data(), 2, 1}, {b.data(), 2, 1}, {c.data(), 2, 1}};
      },
      1);
  CHECK(std::isnan(c[0]));
  CHECK(c[1] == 1.f);
  CHECK(std::isnan(c[2]));
  CHECK(c[3] == 5.f);
}

TEST_CASE("batches, each with matrices of its own, the same for any number of threads") {
  std::int64_t const batch = 5, m = 33, n = 70, k = 65;
  std::vector<float> a, b;
  for (std::int64_t i = 0; i < batch * m * k; ++i) a.push_back(float(i * 7919 % 1009) / 331.f);
  for (std::int64_t i = 0; i < batch * k * n; ++i) b.push_back(float(i * 104729 % 997) / 331.f);
  std::vector<float> first;
  for (int const threads : {1, 2, 3, 8}) {
    std::vector<float> c(std::size_t(batch * m * n), -1.f);
    ds::loop::matmul<float>(
        matmul_extents{batch, m, n, k},
        [&](std::int64_t g) {
          return product<float, float, float>{{a.data() + g * m * k, k, 1},
                                              {b.data() + g * k * n, n, 1},
                                              {c.data() + g * m * n, n, 1}};
        },
        threads);
    if (first.empty()) {
      first = c;
      double worst = 0;
      for (std::int64_t g = 0; g < batch; ++g)
        for (std::int64_t i = 0; i < m; ++i)
          for (std::int64_t j = 0; j < n; ++j) {
            double sum = 0;
            for (std::int64_t p = 0; p < k; ++p)
              sum += double(a[std::size_t((g * m + i) * k + p)]) *
                     double(b[std::size_t((g * k + p) * n + j)]);
            worst = std::fmax(worst, std::abs(c[std::size_t((g * m + i) * n + j)] - sum) / sum);
          }
      CHECK(worst < 65 * 0x1p-24);
    }
    CHECK(std::memcmp(first.data(), c.data(), c.size() * 4) == 0);
  }
}
}  // namespace
