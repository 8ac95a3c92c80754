// SPDX-License-Identifier: Apache-2.0
/// @file Bytes and operations of expressions, derived by hand.
#include <deepseek/ops/matmul.hpp>
#include <deepseek/plan/report.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::bytes_moved;
using ds::dims;
using ds::dyn;
using ds::flops;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
matrix const x(6, 10), z(6, 10);
ds::tensor<float, dims<dyn>> const row(10);
constexpr double matrix_bytes = 6 * 10 * 4;
constexpr double row_bytes = 10 * 4;

TEST_CASE("maps: every operand once, the result once") {
  CHECK(bytes_moved(x) == 2 * matrix_bytes);  // a copy
  CHECK(bytes_moved(x + z) == 3 * matrix_bytes);
  CHECK(bytes_moved(x * 2.f + row) == 2 * matrix_bytes + row_bytes);
  CHECK(flops(x * 2.f + row) == 2 * 60);
  CHECK(flops(x) == 0);
}

TEST_CASE("an operand that occurs twice is read once; another view of it is another operand") {
  CHECK(bytes_moved(x + x) == 2 * matrix_bytes);
  CHECK(bytes_moved((x + x) * (x - 1.f)) == 2 * matrix_bytes);
  matrix const square(7, 7);
  CHECK(bytes_moved(square + library::permute(square, axes<1, 0>)) == 3.0 * 7 * 7 * 4);
}

TEST_CASE("dtypes: what is stored, not what is computed") {
  ds::tensor<ds::f16, dims<dyn>> const h(100);
  ds::tensor<std::int8_t, dims<dyn>> const n(100);
  CHECK(bytes_moved(h * 2.f) == 100 * 2 + 100 * 2);
  CHECK(bytes_moved(h * n) == 100 * 2 + 100 * 1 + 100 * 2);
  CHECK(bytes_moved(library::less(n, n)) == 100 + 100);
  CHECK(bytes_moved(library::sum(n, last)) == 100 + 8);  // int64
}

TEST_CASE("a stride of 0 repeats an element and is read once") {
  float const one[6] = {};
  ds::view<float const, dims<6, 10>, ds::strided<2>> const repeated{one, dims<6, 10>{}, {{1, 0}}};
  CHECK(bytes_moved(repeated + x) == 6 * 4 + 2 * matrix_bytes);
}

TEST_CASE("reductions") {
  CHECK(bytes_moved(library::sum(x, last)) == matrix_bytes + 6 * 4);
  CHECK(bytes_moved(library::sum(x, axes<0>)) == matrix_bytes + 10 * 4);
  CHECK(bytes_moved(library::sum(x, axes<>)) == matrix_bytes + 4);
  CHECK(flops(library::sum(x, axes<>)) == 60);
  CHECK(bytes_moved(x - library::max(x, last)) == 2 * matrix_bytes);
  CHECK(flops(x - library::max(x, last)) == 60 + 60);
}

TEST_CASE("softmax of an expression: one read, one write") {
  CHECK(bytes_moved(softmax(x * 0.5f + row)) == 2 * matrix_bytes + row_bytes);
  // scale 1, bias 1; max 1, minus 1, exp 16, sum 1, division 4
  CHECK(flops(softmax(x * 0.5f + row)) == 60 * (2 + 23));
}

TEST_CASE("two kernels: what lies between them is written and read") {
  // max(x, axes<0>) is a kernel of its own: reads x, writes 10; then x and those 10 give 60.
  auto const e = x - library::sum(library::max(x, axes<0>), last);
  CHECK(bytes_moved(e) == (matrix_bytes + row_bytes) + (matrix_bytes + row_bytes + matrix_bytes));
  CHECK(flops(e) == 60 + 10 + 60);
}

TEST_CASE("values between kernels lie there in the type they are computed in") {
  ds::tensor<ds::f16, dims<dyn, dyn>> const h(6, 10);
  auto const e = library::sum(library::max(h, axes<0>), last);
  CHECK(bytes_moved(e) == (60 * 2 + 10 * 4) + (10 * 4 + 2));
}

TEST_CASE("a matrix product, its prologue and its epilogue") {
  matrix const a(4, 5), b(5, 7);
  CHECK(bytes_moved(ds::matmul(a, b)) == (20 + 35 + 28) * 4);
  CHECK(bytes_moved(ds::matmul(a, b) * 2.f) == (20 + 35 + 28) * 4);
  CHECK(bytes_moved(ds::matmul(a * 2.f, b)) == (20 + 35 + 28) * 4);
  auto const sums = library::sum(ds::matmul(a, b), axes<0>);
  CHECK(bytes_moved(sums) == (20 + 35 + 28) * 4 + (28 + 7) * 4);
  CHECK(flops(ds::matmul(a, b) * 2.f) == 2 * 4 * 5 * 7 + 28);
}

TEST_CASE("named and let: read and computed once") {
  CHECK(flops(ds::let(library::exp(x), [](auto v) { return v * v; })) == 60 * 17);
  auto const e = ds::named<"x">(x) * ds::named<"x">(x);
  CHECK(bytes_moved(e) == 2 * matrix_bytes);
  CHECK(flops(e) == 60);
}

TEST_CASE("outputs: each is written") {
  auto const e = ds::outputs(x * 2.f, library::sum(x, last));
  CHECK(bytes_moved(e) == matrix_bytes + matrix_bytes + 6 * 4);
}

TEST_CASE("nothing moves nothing") {
  matrix const none(0, 10);
  CHECK(bytes_moved(none + 1.f) == 0);
  CHECK(flops(softmax(none)) == 0);
}

TEST_CASE("for_each_kernel: in the order in which they run") {
  std::vector<double> written;
  auto const e = x - library::sum(library::max(x, axes<0>), last);
  ds::plan::for_each_kernel(e, [&](auto const& kernel, double bytes) {
    written.push_back(ds::plan::traffic_of(kernel, bytes).written_bytes);
  });
  CHECK(written == std::vector<double>{row_bytes, matrix_bytes});
}
}  // namespace
