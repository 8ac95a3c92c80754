// SPDX-License-Identifier: Apache-2.0
/// @file Columns: reductions along axes that are not contiguous.
#include <deepseek/kernel/column_program.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>

#include "../exec/engine_verbs.hpp"
#include "../exec/exact_tensors.hpp"
#include "launched.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

TEST_CASE("sums of columns: lengths around the 8 parts of a block, numbers around 32 threads") {
  for (std::int64_t const rows : {1, 2, 7, 8, 9, 16, 17, 100})
    for (std::int64_t const columns : {1, 4, 31, 32, 33, 127, 128, 129, 132}) {
      CAPTURE(rows);
      CAPTURE(columns);
      matrix x(rows, columns), y(1, columns);
      fill(x);
      for (std::int64_t c = 0; c < columns; ++c) y(0, c) = -99.f;
      launched run;
      launch_of(run, y, library::sum(x, axes<0>));
      CHECK(run.kernel == "column_program");
      CHECK(run.threads == 256);
      std::int64_t const vectors = columns % 4 == 0 ? columns / 4 : columns;
      CHECK(run.blocks == (vectors + 31) / 32);
      CHECK(run.widest_read() == (columns % 4 == 0 ? 16 : 4));
      bool right = true;
      for (std::int64_t c = 0; c < columns; ++c) {
        double sum = 0;
        for (std::int64_t r = 0; r < rows; ++r) sum += double{x(r, c)};
        right &= double{y(0, c)} == sum;  // quarters: exact in float
      }
      CHECK(right);
    }
}

TEST_CASE("each part of a block writes its own rows, one part a result of one row") {
  matrix x(40, 128), y(40, 128), z(1, 128);  // whole blocks: others read their last column again
  fill(x);
  launched whole;
  launch_of(whole, y, library::let(x, [](auto v) { return v - library::max(v, axes<0>); }));
  CHECK(whole.reads(x) == 2);  // in each pass anew
  CHECK(whole.writes(y) == 1);
  launched one;
  launch_of(one, z, library::max(x, axes<0>));
  CHECK(one.writes(z) == 1);
  for (int c = 0; c < 128; ++c) {
    float most = x(0, c);
    for (int r = 0; r < 40; ++r) most = std::fmax(most, x(r, c));
    REQUIRE(z(0, c) == most);
    for (int r = 0; r < 40; ++r) REQUIRE(y(r, c) == x(r, c) - most);
  }
}

TEST_CASE("softmax of columns: three passes") {
  matrix x(50, 36), y(50, 36);
  fill(x);
  launched run;
  launch_of(run, y, library::let(library::exp(x - library::max(x, axes<0>)), [](auto e) {
              return e / library::sum(e, axes<0>);
            }));
  CHECK(run.kernel == "column_program");
  CHECK(run.writes(y) == 1);
  for (int c = 0; c < 36; ++c) {
    double sum = 0;
    for (int r = 0; r < 50; ++r) sum += std::exp(double{x(r, c)});
    for (int r = 0; r < 50; ++r)
      REQUIRE(std::abs(double{y(r, c)} - std::exp(double{x(r, c)}) / sum) < 1e-6);
  }
}

TEST_CASE("the middle axis of three, and two axes before the last") {
  ds::tensor<float, dims<dyn, dyn, dyn>> x(3, 20, 12), y(3, 1, 12), z(1, 1, 12);
  fill(x);
  launched middle;
  launch_of(middle, y, library::sum(x, axes<1>));
  launched both;
  launch_of(both, z, library::sum(x, axes<0, 1>));
  CHECK(middle.kernel == "column_program");
  CHECK(both.kernel == "column_program");
  for (int c = 0; c < 12; ++c) {
    double all = 0;
    for (int a = 0; a < 3; ++a) {
      double sum = 0;
      for (int b = 0; b < 20; ++b) sum += double{x(a, b, c)};
      REQUIRE(double{y(a, 0, c)} == sum);
      all += sum;
    }
    REQUIRE(double{z(0, 0, c)} == all);
  }
}

TEST_CASE("fewer blocks than columns: each takes several") {
  matrix x(9, 500), y(1, 500);
  fill(x);
  launched run;
  launch_of(run, y, library::min(x, axes<0>), 1);
  CHECK(run.blocks == 4);
  CHECK(run.writes(y) == 1);
}

TEST_CASE("memory that ends before its view does: the kernel, the thread and the byte") {
  matrix x(4, 32), y(1, 32);
  fill(x);
  auto program = program_of(y, library::sum(x, axes<0>));
  ds::arch::emulated::global_memory operands;
  operands.add({x.data(), 100 * sizeof(float), false, "x", 4});
  operands.add({y.data(), 32 * sizeof(float), true, "y", 4});
  std::string text;
  try {
    program.launch([&](auto const& k, int blocks) {
      ds::detail::run_emulated(k, {blocks, 1, 1}, operands, 1);
    });
  } catch (ds::kernel_fault const& fault) {
    text = fault.what();
  }
  // Row 3 is warp 3's; its lane 1 reads what begins at element 96 + 4.
  CHECK(
      text.find("[DS-EMULATED-GLOBAL] column_program: thread 97 of block (0, 0, 0) reads 16 bytes "
                "at byte 400 of x, which has 400.") != text.npos);
}

}  // namespace
