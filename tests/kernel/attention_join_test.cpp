// SPDX-License-Identifier: Apache-2.0
/// @file attention_join: parts are weighed by their sums; a part without keys and a row without any.
#include <deepseek/kernel/attention_join.hpp>

#include "run_grid.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace kernel = deepseek::kernel;

TEST_CASE(
    "two rows of 35 values from three parts, one of them empty; a row without keys is 0 and -inf") {
  float const none = -std::numeric_limits<float>::infinity();
  float const nan = std::numeric_limits<float>::quiet_NaN();
  int const width = 35;
  int const stride = 36;
  std::vector<float> values(3 * 2 * stride, 0.F);
  std::vector<float> sums{1.F, none, none, none, 3.F, none};  // [part, query]
  for (int p = 0; p < 3; ++p)
    for (int d = 0; d < width; ++d)
      values[std::size_t(p * 2 * stride + d)] = float(p + 1) * float(d);
  std::vector<float> y(2 * width, nan), out(2, nan);
  kernel::attention_join<float> const join{{1, 1, 1, 2, 9, 8, width},
                                           {values.data(), sums.data(), stride},
                                           3,
                                           {y.data(), 0, 0, width, 1, false},
                                           {out.data(), 0, 0, 1, 1, false}};
  CHECK(join.rows() == 2);
  deepseek::test::operands memory;
  memory.read(values).read(sums).write(y).write(out);
  deepseek::test::run_grid(join, {1, 1, 1}, join.threads, memory);
  double const a = std::exp(1.) / (std::exp(1.) + std::exp(3.));
  for (int d = 0; d < width; ++d) {
    CHECK(y[std::size_t(d)] == doctest::Approx((a + 3 * (1 - a)) * d).epsilon(1e-6));
    CHECK(y[std::size_t(width + d)] == 0);
  }
  CHECK(out[0] == doctest::Approx(std::log(std::exp(1.) + std::exp(3.))).epsilon(1e-6));
  CHECK(out[1] == none);
}
