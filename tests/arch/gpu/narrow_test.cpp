// SPDX-License-Identifier: Apache-2.0
/// @file narrow: the first in the low half; rounding; infinities.
#include <deepseek/arch/gpu/narrow.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using deepseek::bf16;
using deepseek::f16;
using deepseek::arch::gpu::narrow;

TEST_CASE(
    "bf16: 1 and -2 are 3f80 and c000; halves go to even; beyond the largest it is infinite") {
  CHECK(narrow<bf16>(1.f, -2.f) == 0xc0003f80u);
  CHECK(narrow<bf16>(1.00390625f, 1.01171875f) == 0x3f823f80u);  // 1 + 1 / 256, 1 + 3 / 256
  CHECK(narrow<bf16>(std::numeric_limits<float>::max(), -0.f) == 0x80007f80u);
}

TEST_CASE("f16: 1 and -2 are 3c00 and c000; halves go to even; beyond the largest it is infinite") {
  CHECK(narrow<f16>(1.f, -2.f) == 0xc0003c00u);
  CHECK(narrow<f16>(2049.f, 2051.f) == 0x68026800u);  // between 2048, 2050 and 2052
  CHECK(narrow<f16>(65520.f, 65519.f) == 0x7bff7c00u);
}
