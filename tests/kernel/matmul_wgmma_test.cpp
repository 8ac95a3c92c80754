// SPDX-License-Identifier: Apache-2.0
/// @file matmul_wgmma: tiles of all kinds of edges, several tiles of a block, batches, columns in turn.
#include "matmul_wgmma_cases.hpp"

using deepseek::bf16;
using deepseek::test::check_product;
using deepseek::test::matmul_wgmma_config;

namespace {

constexpr matmul_wgmma_config small{.rows = 64, .columns = 32, .stages = 2, .consumers = 1};
constexpr matmul_wgmma_config two{.rows = 128, .columns = 64, .stages = 3};

}  // namespace

TEST_CASE("one tile, and what is less, along each axis") {
  check_product<bf16, small>({64, 32, 64}, 1);
  check_product<bf16, small>({1, 1, 1}, 1);
  check_product<bf16, small>({63, 31, 63}, 1);
  check_product<bf16, small>({64, 32, 200}, 1);
}

TEST_CASE("several tiles of a block: stages go on from tile to tile, with tails of all axes") {
  check_product<bf16, small>({65, 33, 65}, 1);
  check_product<bf16, small>({131, 71, 131}, 2);
  check_product<bf16, small>({131, 71, 131}, 5);  // some blocks have a tile more
  check_product<bf16, two>({131, 67, 197}, 1);
  check_product<bf16, two>({257, 129, 64}, 4);
}

TEST_CASE("more blocks than tiles: those without end at once") {
  check_product<bf16, small>({10, 10, 10}, 3);
}

TEST_CASE("matrices along two axes, which operands have or have not") {
  check_product<bf16, small>({20, 17, 40, 2, 3}, 2);
  check_product<bf16, small>({65, 17, 40, 2, 3, true, false, false, true}, 3);
  check_product<bf16, small>({20, 33, 70, 2, 2, false, false, true, true}, 1);
}
