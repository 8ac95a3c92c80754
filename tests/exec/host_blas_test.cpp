// SPDX-License-Identifier: Apache-2.0
/// @file Products by OpenBLAS, and by a function that holds its caller to the laws of CBLAS: which products
/// are handed on, in which form, and that all others are right as well.
#include <deepseek/exec/host_blas.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>

#include <cblas.h>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace {
namespace ds = deepseek;
using ds::dims;
using ds::dyn;
template <class T> using matrix = ds::tensor<T, dims<dyn, dyn>>;

int calls = 0;

/// cblas_?gemm as its definition writes it, with the checks that the reference implementation makes. Not by
/// cblas.h: the numbers of the enumerations are the standard's.
template <class T>
void strict_gemm(int order, int transpose_a, int transpose_b, std::int64_t m, std::int64_t n,
                 std::int64_t k, T alpha, T const* a, std::int64_t lda, T const* b,
                 std::int64_t ldb, T beta, T* c, std::int64_t ldc) {
  ++calls;
  REQUIRE((order == 101 || order == 102));
  REQUIRE((transpose_a == 111 || transpose_a == 112));
  REQUIRE((transpose_b == 111 || transpose_b == 112));
  bool const rows = order == 101;
  bool const a_by_rows = (transpose_a == 111) == rows, b_by_rows = (transpose_b == 111) == rows;
  REQUIRE(lda >= (a_by_rows ? k : m));
  REQUIRE(ldb >= (b_by_rows ? n : k));
  REQUIRE(ldc >= (rows ? n : m));
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      T sum = 0;
      for (std::int64_t p = 0; p < k; ++p)
        sum += a[a_by_rows ? i * lda + p : p * lda + i] * b[b_by_rows ? p * ldb + j : j * ldb + p];
      T& to = c[rows ? i * ldc + j : j * ldc + i];
      to = alpha * sum + (beta == 0 ? 0 : beta * to);
    }
}
using strict = ds::host_blas<strict_gemm<float>, strict_gemm<double>>;
using open_blas = ds::host_blas<cblas_sgemm, cblas_dgemm>;

/// Small whole numbers: sums are exact, whatever their order.
template <class X> X filled(X x, int step) {
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<typename X::value_type>(i * step % 13 - 6);
  return x;
}

/// Every element of y is the sum over k of a b, seen as functions of two indices.
template <class Y, class A, class B>
bool is_product(Y const& y, A const& a, B const& b, std::int64_t m, std::int64_t n,
                std::int64_t k) {
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::int64_t p = 0; p < k; ++p) sum += double(a(i, p)) * double(b(p, j));
      if (double(y(i, j)) != sum) return false;
    }
  return true;
}
/// Rows `row` elements apart, columns `column` apart.
template <class X>
auto strided_view(X& x, std::int64_t m, std::int64_t n, std::int64_t row, std::int64_t column) {
  using T = std::remove_pointer_t<decltype(x.data())>;
  ds::strided<2> layout{};
  layout.value[0] = row;
  layout.value[1] = column;
  return ds::view<T, dims<dyn, dyn>, ds::strided<2>>{x.data(), dims<dyn, dyn>{m, n}, layout};
}
}  // namespace

TEST_CASE_TEMPLATE("all orders of operands and results, with gaps", T, float, double) {
  for (auto const [m, n, k] : {std::array{1, 1, 1}, std::array{5, 1, 4}, std::array{1, 7, 3},
                               std::array{6, 5, 1}, std::array{17, 9, 12}})
    for (int bits = 0; bits < 16; ++bits) {
      CAPTURE(m);
      CAPTURE(n);
      CAPTURE(k);
      CAPTURE(bits);
      std::int64_t const gap = bits & 8 ? 3 : 0;
      auto const room = [&](std::int64_t rows, std::int64_t columns) {
        return ds::tensor<T, dims<dyn>>((rows + gap) * (columns + gap));
      };
      auto const lies = [&](auto& x, int bit, std::int64_t rows, std::int64_t columns) {
        bool const turned = (bits & bit) != 0;
        return strided_view(x, rows, columns, turned ? 1 : columns + gap, turned ? rows + gap : 1);
      };
      auto const of_a = filled(room(m, k), 5), of_b = filled(room(k, n), 7);
      auto const a = lies(of_a, 1, m, k), b = lies(of_b, 2, k, n);
      for (bool const real : {false, true}) {
        auto of_y = room(m, n);
        for (std::int64_t i = 0; i < of_y.size(); ++i)
          of_y.data()[i] = std::numeric_limits<T>::quiet_NaN();
        auto const y = lies(of_y, 4, m, n);
        calls = 0;
        if (real) (y = ds::matmul(a, b)).run(open_blas{});
        else (y = ds::matmul(a, b)).run(strict{});
        CHECK(calls == (real ? 0 : 1));
        CHECK(is_product(y, a, b, m, n, k));
      }
    }
}

TEST_CASE("batches that broadcast: a call for each") {
  ds::tensor<float, dims<dyn, dyn, dyn, dyn>> const a =
      filled(ds::tensor<float, dims<dyn, dyn, dyn, dyn>>(2, 1, 4, 5), 3);
  ds::tensor<float, dims<dyn, dyn, dyn>> const b =
      filled(ds::tensor<float, dims<dyn, dyn, dyn>>(3, 5, 6), 4);
  ds::tensor<float, dims<dyn, dyn, dyn, dyn>> y(2, 3, 4, 6);
  calls = 0;
  (y = ds::matmul(a, b)).run(strict{});
  CHECK(calls == 6);
  for (std::int64_t g = 0; g < 2; ++g)
    for (std::int64_t h = 0; h < 3; ++h)
      CHECK(is_product([&](auto i, auto j) { return y(g, h, i, j); },
                       [&](auto i, auto p) { return a(g, 0, i, p); },
                       [&](auto p, auto j) { return b(h, p, j); }, 4, 6, 5));
}

TEST_CASE("what is no plain product is the host's, and right") {
  auto const a = filled(matrix<float>(7, 5), 3), b = filled(matrix<float>(5, 6), 4);
  auto const turned = filled(matrix<float>(6, 5), 4);
  matrix<float> y(7, 6), beside(7, 6);
  calls = 0;
  (y = ds::relu(ds::matmul(a, b) + 1.f)).run(strict{});  // an epilogue: one kernel
  (beside = ds::relu(ds::matmul(a, b) + 1.f)).run(ds::host{});
  for (std::int64_t i = 0; i < y.size(); ++i) CHECK(y.data()[i] == beside.data()[i]);
  (y = ds::matmul(a * 2.f, b)).run(strict{});  // a prologue
  CHECK(is_product(
      y, [&](auto i, auto p) { return 2 * a(i, p); }, b, 7, 6, 5));
  ds::tensor<ds::bf16, dims<dyn, dyn>> half(7, 5);
  for (std::int64_t i = 0; i < half.size(); ++i) half.data()[i] = ds::bf16(a.data()[i]);
  (y = ds::matmul(half, b)).run(strict{});  // another type
  CHECK(is_product(y, a, b, 7, 6, 5));
  auto wide = filled(matrix<float>(7, 10), 3);
  auto const every_other = strided_view(wide, 7, 5, 10, 2);
  (y = ds::matmul(every_other, b)).run(strict{});  // strides of neither rows nor columns
  CHECK(is_product(y, every_other, b, 7, 6, 5));
  matrix<float> square = filled(matrix<float>(5, 5), 3), const_square = square;
  (square = ds::matmul(square, const_square)).run(strict{});  // the result in an operand
  CHECK(is_product(square, const_square, const_square, 5, 5, 5));
  matrix<float> none(7, 0), nothing(0, 6);
  (y = ds::matmul(none, nothing)).run(strict{});  // no k: zeros
  for (std::int64_t i = 0; i < y.size(); ++i) CHECK(y.data()[i] == 0);
  CHECK(calls == 0);
  (y = ds::matmul(a, ds::transpose(turned))).run(strict{});  // a view, which is no work
  CHECK(calls == 1);
  CHECK(is_product(
      y, a, [&](auto p, auto j) { return turned(j, p); }, 7, 6, 5));
}
