// SPDX-License-Identifier: Apache-2.0
/// @file matmul(a, b): extents, batches, prologue and epilogue, aliasing, errors.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

namespace {
namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
using batches = ds::tensor<float, dims<dyn, dyn, dyn>>;

template <class Tensor> void fill(Tensor& x, int step) {
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] =
        static_cast<typename Tensor::value_type>(static_cast<float>(i * step % 17 - 8) / 4.f);
}
matrix made(std::int64_t rows, std::int64_t columns, int step) {
  matrix x(rows, columns);
  fill(x, step);
  return x;
}
float entry(matrix const& a, matrix const& b, std::int64_t i, std::int64_t j) {
  float sum = 0;
  for (std::int64_t p = 0; p < a.extent(1); ++p) sum += a(i, p) * b(p, j);
  return sum;
}

TEST_CASE("y[i, j] = sum over k of a[i, k] b[k, j]") {
  matrix const a = made(13, 37, 7), b = made(37, 45, 5);
  auto const y = ds::eval(ds::matmul(a, b));
  for (int i = 0; i < 13; ++i)
    for (int j = 0; j < 45; ++j) CHECK(y(i, j) == entry(a, b, i, j));
}

TEST_CASE("static extents go into the type") {
  ds::tensor<ds::f16, dims<4, 5>> a;
  ds::tensor<ds::f16, dims<5, 6>> b;
  fill(a, 7);
  fill(b, 5);
  auto const y = ds::eval(ds::matmul(a, b));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(y)>, ds::tensor<ds::f16, dims<4, 6>>>);
  float sum = 0;
  for (int p = 0; p < 5; ++p) sum += float(a(2, p)) * float(b(p, 3));
  CHECK(float(y(2, 3)) == float(ds::f16(sum)));
}

TEST_CASE("batch axes broadcast: three of a, one b; two axes against one") {
  batches a(3, 4, 5);
  fill(a, 7);
  matrix const b = made(5, 6, 5);
  auto const y = ds::eval(ds::matmul(a, b));
  CHECK(y.extents() == dims<dyn, dyn, dyn>{3, 4, 6});
  for (int g = 0; g < 3; ++g)
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 6; ++j) {
        float sum = 0;
        for (int p = 0; p < 5; ++p) sum += a(g, i, p) * b(p, j);
        CHECK(y(g, i, j) == sum);
      }
  ds::tensor<float, dims<dyn, dyn, dyn, dyn>> many(2, 3, 2, 4);
  batches few(3, 4, 2);
  fill(many, 3);
  fill(few, 5);
  auto const z = ds::eval(ds::matmul(many, few));
  CHECK(z.extents() == dims<dyn, dyn, dyn, dyn>{2, 3, 2, 2});
  float sum = 0;
  for (int p = 0; p < 4; ++p) sum += many(1, 2, 1, p) * few(2, p, 0);
  CHECK(z(1, 2, 1, 0) == sum);
}

TEST_CASE("what stands under a product and above it") {
  matrix const a = made(5, 7, 7), b = made(7, 9, 5);
  ds::tensor<float, dims<dyn>> bias(9);
  fill(bias, 3);
  auto const y = ds::eval(ds::matmul(a * 2.f, b - 1.f) * 0.5f + bias);
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 9; ++j) {
      float sum = 0;
      for (int p = 0; p < 7; ++p) sum += a(i, p) * 2.f * (b(p, j) - 1.f);
      CHECK(y(i, j) == sum * 0.5f + bias(j));
    }
  matrix const c = made(9, 3, 5);
  auto const chain = ds::eval(ds::matmul(ds::matmul(a, b), c));
  auto const ab = ds::eval(ds::matmul(a, b));
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 3; ++j) CHECK(chain(i, j) == entry(ab, c, i, j));
}

TEST_CASE("the result in an operand's memory, and in a view of other strides") {
  matrix a = made(8, 8, 7);
  matrix const before = a, b = made(8, 8, 5);
  (a = ds::matmul(a, b)).run(ds::host{2});
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 8; ++j) CHECK(a(i, j) == entry(before, b, i, j));
  matrix t(8, 8);
  ds::view<float, dims<8, 8>, ds::strided<2>> const turned{t.data(), dims<8, 8>{}, {{1, 8}}};
  (turned = ds::matmul(before, b)).run(ds::host{2});
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 8; ++j) CHECK(t(j, i) == entry(before, b, i, j));
}

TEST_CASE("a smaller product broadcasts to the result") {
  batches y(2, 3, 4);
  matrix const a = made(3, 5, 7), b = made(5, 4, 5);
  (y = ds::matmul(a, b)).run(ds::host{});
  for (int g = 0; g < 2; ++g)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 4; ++j) CHECK(y(g, i, j) == entry(a, b, i, j));
}

TEST_CASE("k = 0 gives zeros") {
  matrix const a(3, 0), b(0, 4);
  auto const y = ds::eval(ds::matmul(a, b));
  for (int i = 0; i < 12; ++i) CHECK(y.data()[i] == 0.f);
}

TEST_CASE("k that differs: both shapes in the text, before anything runs") {
  matrix const a = made(3, 5, 7), b = made(4, 6, 5);
  try {
    (void)ds::matmul(a, b);
    FAIL("no error");
  } catch (ds::shape_error const& error) {
    std::string const text = error.what();
    CHECK(text.find("[DS-MATMUL-K]") != text.npos);
    CHECK(text.find("a is [3, 5] and b is [4, 6]; k is 5 and 4") != text.npos);
  }
  static_assert(!ds::matmul_conformable<dims<3, 5>, dims<4, 6>>);
  static_assert(ds::matmul_conformable<dims<3, dyn>, dims<4, 6>>);
  static_assert(!ds::matmul_ranks<dims<3>, dims<3, 4>>);
}
}  // namespace
