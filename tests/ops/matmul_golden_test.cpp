// SPDX-License-Identifier: Apache-2.0
/// @file Products of f32, bf16 and int8 on the host against PyTorch's.
#include <deepseek/exec/host.hpp>

#include "tests/exec/golden_products.hpp"

#include <cstdint>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("operands as they lie and transposed, in every order") {
  check_golden_transposes<float, float>(ds::host{}, "f32");
  check_golden_transposes<ds::bf16, ds::bf16>(ds::host{}, "bf16");
  check_golden_transposes<std::int8_t, std::int32_t>(ds::host{}, "int8");
}

TEST_CASE("epilogues, batches that broadcast, one k and none") {
  check_golden_products<float>(ds::host{}, "f32");
  check_golden_products<ds::bf16>(ds::host{}, "bf16");
}
