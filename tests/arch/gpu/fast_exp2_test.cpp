// SPDX-License-Identifier: Apache-2.0
/// @file fast_exp2: powers of two are exact, what is too small is 0, NaN stays.
#include <deepseek/arch/gpu/fast_exp2.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using deepseek::arch::gpu::fast_exp2;

TEST_CASE("2^x: exact of integers, near of others, 0 below the smallest normal number") {
  CHECK(fast_exp2(0) == 1);
  CHECK(fast_exp2(-126) == std::numeric_limits<float>::min());
  CHECK(fast_exp2(10) == 1024);
  CHECK(fast_exp2(-126.5F) == 0);
  CHECK(fast_exp2(-std::numeric_limits<float>::infinity()) == 0);
  CHECK(fast_exp2(std::numeric_limits<float>::infinity()) ==
        std::numeric_limits<float>::infinity());
  CHECK(std::isnan(fast_exp2(std::numeric_limits<float>::quiet_NaN())));
  for (float x = -20; x < 3; x += 0.37F)
    CHECK(std::abs(double(fast_exp2(x)) / std::exp2(double(x)) - 1) < 0x1p-22);
}
