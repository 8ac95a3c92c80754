// SPDX-License-Identifier: Apache-2.0
/// @file Running sums in kernels of rows and of columns: which kernel, what it reads and writes.
#include <deepseek/kernel/column_program.hpp>
#include <deepseek/kernel/row_program.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

#include "../exec/engine_verbs.hpp"
#include "../exec/exact_tensors.hpp"
#include "launched.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

TEST_CASE("rows of every kernel: each element is read once and written once") {
  for (std::int64_t const n :
       {1, 31, 32, 33, 511, 512, 513, 4096, 4097, 16384, 16385, 16388, 20001}) {
    CAPTURE(n);
    std::int64_t const rows = n <= 32 ? 16 : n <= 512 ? 4 : 2;  // whole blocks
    matrix x(rows, n), y(rows, n);
    fill(x);
    for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = -9.f;
    launched run;
    launch_of(run, y, library::cumsum(x, last));
    CHECK(run.kernel == (n <= 16384 ? "row_program, held" : "row_program, streamed"));
    CHECK(run.reads(x) == 1);
    CHECK(run.writes(y) == 1);
    CHECK(run.widest_read() == (n % 4 == 0 ? 16 : 4));
    bool right = true;
    for (std::int64_t r = 0; r < rows; ++r) {
      double sum = 0;
      for (std::int64_t c = 0; c < n; ++c) {
        sum += double{x(r, c)};
        right &= double{y(r, c)} == sum;  // quarters: exact in float
      }
    }
    CHECK(right);
  }
}

template <int N> void check_running_below_largest() {
  ds::tensor<float, dims<4, N>> x, y;
  fill(x);
  launched run;
  launch_of(run, y, library::let(library::cumsum(x, last), [](auto c) {
              return c - library::max(c, last);
            }));
  CHECK(run.reads(x) == 1);
  CHECK(run.writes(y) == 1);
  bool right = true;
  for (std::int64_t r = 0; r < 4; ++r) {
    double sum = 0;
    double most = -1e30;
    for (std::int64_t c = 0; c < N; ++c) most = std::max(most, sum += double{x(r, c)});
    sum = 0;
    for (std::int64_t c = 0; c < N; ++c)
      right &= double{y(r, c)} == (sum += double{x(r, c)}) - most;
  }
  CHECK(right);
}

TEST_CASE("a row that is held is scanned for all passes, a streamed one in each") {
  check_running_below_largest<600>();
  check_running_below_largest<17000>();
}

TEST_CASE("columns: a thread walks each in its order") {
  for (std::int64_t const rows : {1, 2, 9, 40})
    for (std::int64_t const columns : {1, 4, 63, 64, 65, 256, 260}) {
      CAPTURE(rows);
      CAPTURE(columns);
      matrix x(rows, columns), y(rows, columns);
      fill(x);
      launched run;
      launch_of(run, y, library::cumsum(x, axes<0>));
      std::int64_t const vectors = columns % 4 == 0 ? columns / 4 : columns;
      CHECK(run.kernel == "column_program, in order");
      CHECK(run.threads == 64);
      CHECK(run.blocks == (vectors + 63) / 64);
      CHECK(run.writes(y) == 1);
      CHECK(run.widest_read() == (columns % 4 == 0 ? 16 : 4));
      bool right = true;
      for (std::int64_t c = 0; c < columns; ++c) {
        double sum = 0;
        for (std::int64_t r = 0; r < rows; ++r)
          right &= double{y(r, c)} == (sum += double{x(r, c)});
      }
      CHECK(right);
    }
}

TEST_CASE("columns with reductions of them: running sums, less an eighth of the largest") {
  ds::tensor<double, dims<dyn, dyn>> x(21, 37), y(21, 37);
  fill(x);
  launched run;
  launch_of(run, y, library::let(library::cumsum(x, axes<0>), [](auto c) {
              return c - library::max(c, axes<0>) * 0.125;
            }));
  CHECK(run.kernel == "column_program, in order");
  for (std::int64_t c = 0; c < 37; ++c) {
    double sum = 0;
    double most = -1e30;
    for (std::int64_t r = 0; r < 21; ++r) most = std::max(most, sum += x(r, c));
    sum = 0;
    for (std::int64_t r = 0; r < 21; ++r) REQUIRE(y(r, c) == (sum += x(r, c)) - most * 0.125);
  }
}

TEST_CASE("integers run in int64, f16 in f32, written rounded") {
  ds::tensor<std::int32_t, dims<2, 700>> x;
  ds::tensor<std::int64_t, dims<2, 700>> y;
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<std::int32_t>(2000000000 - 31 * i);
  launched run;
  launch_of(run, y, library::cumsum(x, last));
  for (std::int64_t r = 0; r < 2; ++r) {
    std::int64_t sum = 0;
    for (std::int64_t c = 0; c < 700; ++c) REQUIRE(y(r, c) == (sum += x(r, c)));
  }
  ds::tensor<ds::f16, dims<3, 48>> h, g;
  for (std::int64_t i = 0; i < h.size(); ++i)
    h.data()[i] = static_cast<ds::f16>(static_cast<float>(i % 9) - 4.f);
  launched half;
  launch_of(half, g, library::cumsum(h, last));
  CHECK(half.widest_read() == 16);
  for (std::int64_t r = 0; r < 3; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < 48; ++c)
      REQUIRE(static_cast<float>(g(r, c)) == (sum += static_cast<float>(h(r, c))));
  }
}

}  // namespace
