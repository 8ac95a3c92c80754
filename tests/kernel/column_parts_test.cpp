// SPDX-License-Identifier: Apache-2.0
/// @file Few long columns by many blocks: how many, which launches, what they read, and their results.
#include <deepseek/kernel/column_parts.hpp>
#include <deepseek/ops/arg_extremum.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

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

TEST_CASE("sums of columns: parts of 16384 elements or more; each element is read once") {
  struct case_of {
    std::int64_t rows, columns;
    int parts;
  };
  for (case_of const& c :
       {case_of{40001, 1, 2}, case_of{11003, 3, 2}, case_of{5000, 8, 2}, case_of{8200, 6, 3},
        case_of{1000, 33, 2}, case_of{260, 132, 2}, case_of{4095, 8, 0}, case_of{255, 132, 0}}) {
    CAPTURE(c.rows);
    CAPTURE(c.columns);
    matrix x(c.rows, c.columns), y(1, c.columns);
    fill(x);
    for (std::int64_t k = 0; k < c.columns; ++k) y(0, k) = -99.f;
    launched run;
    launch_of(run, y, library::sum(x, axes<0>));
    CHECK(run.kernel == (c.parts == 0 ? "column_program" : "column_parts, results"));
    CHECK(run.launches == (c.parts == 0 ? 1 : 2));
    CHECK(run.widest_read() == (c.columns % 4 == 0 ? 16 : 4));
    if (c.columns == 1 || c.columns == 8) CHECK(run.reads(x) == (c.parts == 0 ? -1 : 1));
    CHECK(run.writes(y) == 1);
    bool right = true;
    for (std::int64_t k = 0; k < c.columns; ++k) {
      double sum = 0;
      for (std::int64_t r = 0; r < c.rows; ++r) sum += double{x(r, k)};
      right = right && double{y(0, k)} == sum;  // quarters: exact in float
    }
    CHECK(right);
  }
}

TEST_CASE("the grids: the parts of a block's columns side by side, about 528 blocks") {
  std::vector<float> memory(1);
  using wide = ds::view<float const, dims<dyn, dyn>>;  // of which nothing is read here
  auto const sums = [&](std::int64_t rows, std::int64_t columns) {
    std::string out;
    matrix y(1, columns);
    wide const x{memory.data(), dims<dyn, dyn>{rows, columns}};
    auto program = program_of(y, library::sum(x, axes<0>));
    std::vector<char> workspace(static_cast<std::size_t>(program.workspace_bytes()));
    CHECK(workspace.size() % static_cast<std::size_t>(columns * 4) == 0);
    program.launch(
        [&](auto const& k, int blocks) {
          out += std::string{k.name} + " " + std::to_string(blocks) + "; ";
        },
        workspace.empty() ? nullptr : workspace.data());
    return out;
  };
  CHECK(sums(1 << 20, 8) == "column_parts, sums 512; column_parts, results 1; ");
  CHECK(sums(1 << 24, 8) == "column_parts, sums 528; column_parts, results 1; ");
  CHECK(sums(4096, 4096) == "column_parts, sums 512; column_parts, results 32; ");
  CHECK(sums(4096, 4095) == "column_parts, sums 2048; column_parts, results 128; ");  // width 1
  CHECK(sums(1 << 20, 33664) == "column_parts, sums 526; column_parts, results 263; ");
  CHECK(sums(1 << 20, 33792) == "column_program 264; ");
}

TEST_CASE("softmax of columns: a launch for the largest, for the sum, and for the results") {
  ds::tensor<float, dims<3500, 10>> x, y;
  fill(x);
  overwrite(y);
  launched run;
  launch_of(run, y, library::let(library::exp(x - library::max(x, axes<0>)), [](auto e) {
              return e / library::sum(e, axes<0>);
            }));
  CHECK(run.launches == 3);
  CHECK(run.blocks == 2);
  CHECK(run.writes(y) == 1);
  double worst = 0;
  for (int c = 0; c < 10; ++c) {
    double sum = 0;
    for (int r = 0; r < 3500; ++r) sum += std::exp(double{x(r, c)});
    for (int r = 0; r < 3500; ++r)
      worst = std::fmax(worst, std::abs(std::exp(double{x(r, c)}) / sum - double{y(r, c)}));
  }
  CHECK(worst < 1e-7);
}

TEST_CASE("the first of the largest elements, wherever the parts meet; a result with a map above") {
  ds::tensor<float, dims<9000, 4>> x;
  ds::tensor<std::int64_t, dims<1, 4>> y;
  std::int64_t const at[] = {0, 4499, 4500, 8999};
  for (std::int64_t r = 0; r < 9000; ++r)
    for (int c = 0; c < 4; ++c) x(r, c) = r >= at[c] && (r - at[c]) % 577 == 0 ? 5.f : -1.f;
  launched run;
  launch_of(run, y, ds::argmax(x, axes<0>) * std::int64_t{2} + std::int64_t{1});
  CHECK(run.kernel == "column_parts, results");
  for (int c = 0; c < 4; ++c) CHECK(y(0, c) == 2 * at[c] + 1);
}

TEST_CASE("two axes before the last, of several matrices; a reduction of what a reduction gives") {
  ds::tensor<float, dims<2, 90, 60, 5>> x;
  ds::tensor<float, dims<2, 1, 1, 5>> y;
  fill(x);
  launched run;
  launch_of(run, y, library::let(x.as_view(), [](auto v) {
              auto const d = v - library::sum(v, axes<1, 2>) * (1.f / 5400);
              return library::sum(d * d, axes<1, 2>) * (1.f / 5400);
            }));
  CHECK(run.kernel == "column_parts, results");
  CHECK(run.launches == 3);
  double worst = 0;
  for (int b = 0; b < 2; ++b)
    for (int c = 0; c < 5; ++c) {
      double sum = 0, squares = 0;
      for (int i = 0; i < 90; ++i)
        for (int j = 0; j < 60; ++j) {
          sum += double{x(b, i, j, c)};
          squares += double{x(b, i, j, c)} * double{x(b, i, j, c)};
        }
      double const variance = squares / 5400 - sum / 5400 * (sum / 5400);
      worst = std::fmax(worst, std::abs(variance - double{y(b, 0, 0, c)}) / variance);
    }
  CHECK(worst < 1e-6);
}

TEST_CASE("the same bits on any number of threads of this machine") {
  ds::tensor<float, dims<13000, 3>> x;
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = 1.f / static_cast<float>(i + 1);
  ds::tensor<float, dims<1, 3>> one, three;
  (one = library::sum(x, axes<0>)).run(ds::emulated{1});
  (three = library::sum(x, axes<0>)).run(ds::emulated{3});
  CHECK(same_bits(one, three));
  double sum = 0;
  for (std::int64_t r = 0; r < 13000; ++r) sum += double{x(r, 1)};
  CHECK(std::abs(double{one(0, 1)} - sum) < 1e-5);
}

}  // namespace
