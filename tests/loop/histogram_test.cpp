// SPDX-License-Identifier: Apache-2.0
/// @file count_bins: every element once, of rows with any strides, for any number of threads.
#include <deepseek/base/bins.hpp>
#include <deepseek/loop/histogram.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace loop = deepseek::loop;

namespace {

void check(int rows, int columns, int step, int bins, int threads) {
  CAPTURE(columns);
  CAPTURE(threads);
  std::mt19937 random(3);
  int const stride = columns * step + 5;
  std::vector<std::int32_t> x(static_cast<std::size_t>(rows * stride));
  for (auto& v : x) v = static_cast<std::int32_t>(random() % 120) - 10;
  std::vector<std::int64_t> wanted(static_cast<std::size_t>(bins), 0);
  for (int r = 0; r < rows; ++r)
    for (int i = 0; i < columns; ++i) {
      int const v = x[static_cast<std::size_t>(r * stride + i * step)];
      if (v >= 0 && v < bins) ++wanted[static_cast<std::size_t>(v)];
    }
  std::vector<std::int64_t> counts(static_cast<std::size_t>(2 * bins), -7);
  loop::rows_along<std::int32_t const> const from{x.data(), rows,   columns, step,
                                                  1,        {rows}, {stride}};
  loop::count_bins(from, bins, deepseek::own_bin{},
                   loop::rows_along<std::int64_t>{counts.data(), 1, bins, 2}, threads);
  int wrong = 0;
  for (int b = 0; b < bins; ++b) {
    wrong += counts[static_cast<std::size_t>(2 * b)] == wanted[static_cast<std::size_t>(b)] ? 0 : 1;
    wrong += counts[static_cast<std::size_t>(2 * b + 1)] == -7 ? 0 : 1;
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("rows of any length and step, few elements and many") {
  for (int const threads : {1, 2, 8}) {
    check(1, 1, 1, 3, threads);
    check(0, 5, 1, 3, threads);
    check(3, 0, 1, 3, threads);
    check(7, 13, 2, 100, threads);
    check(3, 100003, 1, 100, threads);
    check(100003, 3, 1, 1, threads);
  }
}
