// SPDX-License-Identifier: Apache-2.0
/// @file Laws of the host's matrix product, against sums in double in the order of the definition.
#include <deepseek/base/float16.hpp>
#include <deepseek/loop/matmul.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace deepseek;

namespace {

/// How a matrix [rows, columns] lies in memory.
enum class order { rows, columns, rows_apart };

/// A matrix in memory of its own, with poison between and behind its elements.
template <class T> struct stored {
  std::vector<T> memory;
  loop::matrix<T> view;

  stored(std::int64_t rows, std::int64_t columns, order as) {
    std::int64_t const gap = as == order::rows_apart ? 3 : 0;
    std::int64_t const step = as == order::rows_apart ? 2 : 1;
    std::int64_t const row = as == order::columns ? 1 : columns * step + gap;
    std::int64_t const column = as == order::columns ? rows : step;
    memory.assign(std::size_t(rows * columns * step + rows * gap + 8), poison());
    view = {memory.data(), row, column};
  }
  T& operator()(std::int64_t i, std::int64_t j) {
    return view.data[i * view.row_stride + j * view.column_stride];
  }
  static T poison() { return static_cast<T>(77); }
};

template <class T> loop::matrix<T const> read_only(stored<T> const& m) {
  return {m.view.data, m.view.row_stride, m.view.column_stride};
}

/// Whole numbers whose sums of products are exact in any type: every result must be equal, not near.
template <class T> void fill(stored<T>& m, std::int64_t rows, std::int64_t columns, unsigned seed) {
  std::mt19937 random(seed);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      m(i, j) = static_cast<T>(static_cast<float>(int(random() % 7) - 3));
}

template <class A, class B, class C>
void multiply(loop::matmul_extents const& e, stored<A> const& a, stored<B> const& b, stored<C>& c,
              int threads) {
  struct matrices {
    loop::matrix<A const> a;
    loop::matrix<B const> b;
    loop::matrix<C> c;
  };
  loop::matmul<compute_t<C>>(
      e,
      [&](std::int64_t) {
        return matrices{read_only(a), read_only(b), c.view};
      },
      threads);
}

template <class T> void check_product(loop::matmul_extents const& e, order b_as, order c_as) {
  CAPTURE(e.m);
  CAPTURE(e.n);
  CAPTURE(e.k);
  CAPTURE(int(b_as));
  CAPTURE(int(c_as));
  stored<T> a(e.m, e.k, order::rows), b(e.k, e.n, b_as), c(e.m, e.n, c_as);
  fill(a, e.m, e.k, 1);
  fill(b, e.k, e.n, 2);
  multiply(e, a, b, c, 2);
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < e.m; ++i)
    for (std::int64_t j = 0; j < e.n; ++j) {
      double sum = 0;
      for (std::int64_t p = 0; p < e.k; ++p)
        sum += static_cast<double>(a(i, p)) * static_cast<double>(b(p, j));
      wrong += static_cast<double>(c(i, j)) != sum;
      c(i, j) = stored<T>::poison();
    }
  CHECK(wrong == 0);
  for (T const& untouched : c.memory) wrong += untouched != stored<T>::poison();
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE_TEMPLATE("c = a b for every cut of rows, columns and k, and nothing else is written", T,
                   float, double, std::int32_t, f16) {
  for (std::int64_t const m : {1, 2, 3, 7, 8, 15, 17})
    for (std::int64_t const n : {1, 15, 32, 33, 70})
      for (std::int64_t const k : {0, 1, 16, 19, 40})
        for (order const b_as : {order::rows, order::columns, order::rows_apart})
          for (order const c_as : {order::rows, order::columns})
            check_product<T>({1, m, n, k}, b_as, c_as);
}

TEST_CASE("results are written between what is not theirs") {
  check_product<float>({1, 9, 40, 24}, order::columns, order::rows_apart);
}

TEST_CASE("sums are the same bits for any number of threads and any order of b in memory") {
  constexpr loop::matmul_extents e{1, 19, 100, 130};
  std::mt19937 random(3);
  std::uniform_real_distribution<float> values(-1, 1);
  stored<float> a(e.m, e.k, order::rows), b(e.k, e.n, order::rows), t(e.k, e.n, order::columns);
  for (std::int64_t p = 0; p < e.k; ++p) {
    for (std::int64_t i = 0; i < e.m; ++i) a(i, p) = values(random);
    for (std::int64_t j = 0; j < e.n; ++j) t(p, j) = b(p, j) = values(random);
  }
  stored<float> one(e.m, e.n, order::rows), three(e.m, e.n, order::rows),
      transposed(e.m, e.n, order::rows);
  multiply(e, a, b, one, 1);
  multiply(e, a, b, three, 3);
  multiply(e, a, t, transposed, 2);
  CHECK(one.memory == three.memory);
  CHECK(one.memory == transposed.memory);
}

TEST_CASE("NaN and infinity go where IEEE 754 says, and no further") {
  constexpr loop::matmul_extents e{1, 9, 33, 20};
  stored<float> a(e.m, e.k, order::rows), b(e.k, e.n, order::columns), c(e.m, e.n, order::rows);
  fill(a, e.m, e.k, 1);
  fill(b, e.k, e.n, 2);
  for (std::int64_t p = 0; p < e.k; ++p) a(4, p) = 1;
  b(7, 5) = std::numeric_limits<float>::quiet_NaN();
  b(7, 6) = std::numeric_limits<float>::infinity();
  multiply(e, a, b, c, 2);
  for (std::int64_t i = 0; i < e.m; ++i)
    for (std::int64_t j = 0; j < e.n; ++j)
      if (j == 5) CHECK(std::isnan(c(i, j)));
      else if (j != 6) CHECK(std::isfinite(c(i, j)));
  CHECK(c(4, 6) == std::numeric_limits<float>::infinity());
}
