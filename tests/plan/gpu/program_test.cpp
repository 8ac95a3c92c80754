// SPDX-License-Identifier: Apache-2.0
/// @file What one kernel becomes on a GPU: which kernel, how many blocks, memory in the way.
#include <deepseek/plan/gpu/program.hpp>

#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "../../exec/engine_verbs.hpp"
#include "../../kernel/launched.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
using cube = ds::tensor<float, dims<dyn, dyn, dyn>>;

template <class Program> using schedule_type = typename std::remove_cvref_t<Program>::S;

TEST_CASE("lanes run along the last reduced axis, else along the last axis") {
  matrix x(3, 5), y(3, 5), row(1, 5), column(3, 1);
  using Map = schedule_type<decltype(program_of(y, x * 2.f))>;
  using Rows = schedule_type<decltype(program_of(column, library::sum(x, last)))>;
  using Columns = schedule_type<decltype(program_of(row, library::sum(x, axes<0>)))>;
  CHECK(Map::row_set == 0u);
  CHECK(Map::lane_axis == 1);
  CHECK(Rows::row_set == 2u);
  CHECK(Rows::lanes_reduced);
  CHECK(Columns::row_set == 1u);
  CHECK(Columns::lane_axis == 1);
  CHECK_FALSE(Columns::lanes_reduced);
}

TEST_CASE("a kernel for each kind of expression") {
  matrix x(6, 40), y(6, 40), row(1, 40), column(6, 1);
  CHECK(kernel_of(y, x * 2.f) == "elementwise, 1 of 256");
  CHECK(kernel_of(y, softmax(x)) == "row_program, held, 2 of 128");
  CHECK(kernel_of(column, library::sum(x, last)) == "row_program, held, 2 of 128");
  CHECK(kernel_of(row, library::sum(x, axes<0>)) == "column_program, 1 of 256");
  CHECK(kernel_of(y, x - library::max(x, axes<0>)) == "column_program, 1 of 256");
  CHECK(kernel_of(y, library::cumsum(x, last)) == "row_program, held, 2 of 128");
  CHECK(kernel_of(y, library::cumsum(x, axes<0>) * 2.f) == "column_program, in order, 1 of 64");
}

TEST_CASE("rows of several axes are one where they lie in a row") {
  cube x(4, 5, 8), y(4, 1, 1), z(1, 5, 1), all(1, 1, 1);
  CHECK(kernel_of(y, library::sum(x, axes<1, 2>)) == "row_program, held, 1 of 128");
  CHECK(kernel_of(all, library::sum(x, axes<>)) == "row_program, held, 1 of 128");
  CHECK(kernel_of(z, library::sum(x, axes<0, 2>)) == "row_program, streamed, 5 of 512");
}

TEST_CASE("the limits are elements, whatever the width: f16 rows and rows that are not aligned") {
  for (std::int64_t const n : {32, 512, 4096, 16384}) {
    CAPTURE(n);
    ds::tensor<ds::f16, dims<dyn, dyn>> h(1, n), g(1, n);
    matrix x(1, n), y(1, n), x1(1, n + 1), y1(1, n + 1);
    std::string const at = n == 32     ? "row_program, held, 1 of 128"
                           : n == 512  ? "row_program, held, 1 of 128"
                           : n == 4096 ? "row_program, held, 1 of 256"
                                       : "row_program, held, 1 of 1024";
    std::string const above = n == 32     ? "row_program, held, 1 of 128"
                              : n == 512  ? "row_program, held, 1 of 256"
                              : n == 4096 ? "row_program, held, 1 of 1024"
                                          : "row_program, streamed, 1 of 512";
    CHECK(kernel_of(g, softmax(h)) == at);
    CHECK(kernel_of(y, softmax(x)) == at);
    CHECK(kernel_of(y1, softmax(x1)) == above);
  }
}

TEST_CASE("a length known when compiling: the same kernel, and the others are not compiled") {
  ds::tensor<float, dims<4, 600>> x, y;
  CHECK(kernel_of(y, softmax(x)) == "row_program, held, 4 of 256");
  int kernels = 0;
  auto program = program_of(y, softmax(x));
  program.launch([&](auto const& k, int) {
    using K = std::remove_cvref_t<decltype(k)>;
    kernels += K::threads == 256 ? 1 : 0;
  });
  CHECK(kernels == 1);
}

TEST_CASE("nothing to compute: nothing is launched") {
  matrix none(0, 5), flat(3, 0), y(0, 5), z(3, 0), sums(3, 1);
  CHECK(kernel_of(y, none * 2.f) == "");
  CHECK(kernel_of(z, softmax(flat)) == "");
  CHECK(kernel_of(sums, library::sum(flat, last)) == "row_program, held, 1 of 128");  // zeros
}

TEST_CASE("a grid has no more blocks than the largest GPUs run at once") {
  std::vector<float> memory(1);
  using wide = ds::view<float const, dims<dyn>, ds::strided<1>>;
  using target = ds::view<float, dims<dyn>, ds::strided<1>>;
  std::int64_t const n = std::int64_t{1} << 40;  // of which nothing is read here
  wide const x{memory.data(), dims<dyn>{n}, ds::strided<1>{{1}}};
  target y{memory.data(), dims<dyn>{n}, ds::strided<1>{{1}}};
  CHECK(kernel_of(y, ds::as_expression(x) * 2.f) == "elementwise, 2112 of 256");
}

TEST_CASE("conflicts: a result over an operand that other elements still need") {
  matrix x(6, 6), y(6, 6);
  CHECK_FALSE(program_of(y, x * 2.f).conflicts());
  CHECK_FALSE(program_of(x, x * 2.f).conflicts());
  CHECK_FALSE(program_of(x, softmax(x)).conflicts());
  CHECK(program_of(x, library::permute(x, axes<1, 0>) * 2.f).conflicts());
}

}  // namespace
