// SPDX-License-Identifier: Apache-2.0
/// @file Bins: integers are their own; bins of one width hold their lower end, the last one both.
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/base/bins.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using deepseek::equal_bins;
using deepseek::own_bin;

TEST_CASE("own_bin") {
  CHECK(own_bin{}(std::int8_t{-3}) == -3);
  CHECK(own_bin{}(std::int64_t{1} << 40) == std::int64_t{1} << 40);
}

TEST_CASE("equal_bins: both ends, between, outside") {
  equal_bins<float> const bins{-2, 2, 4};
  CHECK(bins(-2.f) == 0);
  CHECK(bins(-1.f) == 1);
  CHECK(bins(0.99f) == 2);
  CHECK(bins(2.f) == 3);
  CHECK(bins(deepseek::bf16{1.5f}) == 3);
  CHECK(bins(2.001f) == -1);
  CHECK(bins(-2.001f) == -1);
  CHECK(bins(NAN) == -1);
  CHECK(bins(std::numeric_limits<float>::infinity()) == -1);
  CHECK(equal_bins<double>{0, 1, 10}(0.35) == 3);
}
