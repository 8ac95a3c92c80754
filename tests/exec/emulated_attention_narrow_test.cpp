// SPDX-License-Identifier: Apache-2.0
/// @file attention over a cache of 8 bits by the kernels of the GPU, on the emulator.
#include "attention_cache.hpp"

#include <doctest/doctest.h>

namespace score = deepseek::score;
using namespace deepseek::test;

TEST_CASE("int8 and fp8 are multiplied by their scales as they are read") {
  CHECK(difference<deepseek::bf16, std::int8_t>(4, 1, 2, 16, {100, 2, 65}, score::causal) < 0x1p-6);
  CHECK(difference<deepseek::f16, deepseek::fp8_e4m3>(4, 2, 1, 0, {90, 64, 1}, score::causal) <
        0x1p-8);
}
