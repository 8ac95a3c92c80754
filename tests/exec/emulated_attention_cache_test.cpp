// SPDX-License-Identifier: Apache-2.0
/// @file attention over pages by the kernels of the GPU, on the emulator.
#include "attention_cache.hpp"

#include <doctest/doctest.h>

namespace score = deepseek::score;
using namespace deepseek::test;

TEST_CASE("decoding and prompts over pages of any size, sequences of other lengths") {
  CHECK(difference<deepseek::bf16, deepseek::bf16>(8, 2, 1, 16, {700, 1, 260}, score::causal) <
        0x1p-7);
  CHECK(difference<deepseek::bf16, deepseek::bf16>(2, 2, 40, 7, {130, 40, 64}, score::causal) <
        0x1p-6);
  CHECK(difference<float, float>(4, 1, 3, 1, {5, 70, 33}, score::causal) < 2e-6);
}
