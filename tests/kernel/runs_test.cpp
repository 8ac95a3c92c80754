// SPDX-License-Identifier: Apache-2.0
/// @file mark_runs and write_runs: with a running sum between them, the runs of equal elements.
#include <deepseek/kernel/runs.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "run_grid.hpp"

namespace test = deepseek::test;
namespace kernel = deepseek::kernel;

TEST_CASE("runs of one and of several; zeros of both signs and NaN are alike") {
  std::vector<float> const x{3.f, -0.f, 7.f, 0.f, NAN, 3.f, -NAN, 3.f, -1.f};
  std::vector<std::int64_t> const order{8, 1, 3, 0, 5, 7, 2, 4, 6};
  std::vector<std::int32_t> marks(9, -1);
  test::operands first;
  first.read(x).read(order).write(marks);
  CHECK(test::grid_fault(kernel::mark_runs<float>{x.data(), order.data(), marks.data(), 9},
                         {2, 1, 1}, 32, first) == "");
  CHECK(marks == std::vector<std::int32_t>{1, 1, 0, 1, 0, 0, 1, 1, 0});
  std::vector<std::int64_t> numbers(9), begins(6, -1), run_of(9, -1);
  std::partial_sum(marks.begin(), marks.end(), numbers.begin());
  std::vector<float> values(5, -9.f);
  test::operands then;
  then.read(x).read(order).read(numbers).write(values).write(begins).write(run_of);
  CHECK(test::grid_fault(kernel::write_runs<float>{x.data(), order.data(), numbers.data(),
                                                   values.data(), begins.data(), run_of.data(), 9},
                         {1, 1, 1}, 32, then) == "");
  CHECK(begins == std::vector<std::int64_t>{0, 1, 3, 6, 7, 9});
  CHECK(run_of == std::vector<std::int64_t>{2, 1, 3, 1, 4, 2, 4, 2, 0});
  CHECK(values[0] == -1);
  CHECK(std::signbit(values[1]));
  CHECK(values[2] == 3);
  CHECK(values[3] == 7);
  CHECK(std::isnan(values[4]));
}
