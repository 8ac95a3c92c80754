// SPDX-License-Identifier: Apache-2.0
/// @file matmul_wgmma: clusters that share an operand, and consumers that take turns.
#include "matmul_wgmma_cases.hpp"

using deepseek::bf16;
using deepseek::test::check_product;
using deepseek::test::major_axis;
using deepseek::test::matmul_wgmma_config;

namespace {

constexpr matmul_wgmma_config below{
    .rows = 64, .columns = 32, .stages = 2, .consumers = 1, .cluster_rows = 2};
constexpr matmul_wgmma_config beside{
    .rows = 64, .columns = 64, .stages = 3, .consumers = 1, .cluster_columns = 2};
constexpr matmul_wgmma_config four_below{
    .rows = 128, .columns = 64, .stages = 2, .consumers = 2, .cluster_rows = 4};
constexpr matmul_wgmma_config in_turn{.rows = 64, .columns = 32, .stages = 3, .alternate = true};
constexpr matmul_wgmma_config in_turn_beside{
    .rows = 64, .columns = 64, .stages = 2, .alternate = true, .cluster_columns = 2};

}  // namespace

TEST_CASE("two blocks below each other share the right operand; the second one may have no tile") {
  check_product<bf16, below>({128, 32, 64}, 2);
  check_product<bf16, below>({64, 32, 64}, 2);
  check_product<bf16, below>({300, 70, 200}, 2);
  check_product<bf16, below>({300, 70, 200, 2, 2}, 4);
}

TEST_CASE("two blocks beside each other share the left operand") {
  check_product<bf16, beside>({64, 128, 64}, 2);
  check_product<bf16, beside>({70, 200, 300}, 4);
  check_product<bf16, beside>({1, 1, 1}, 2);
}

TEST_CASE("clusters with operands by rows: each block brings a part of k of every panel") {
  check_product<bf16, beside, major_axis::mn, major_axis::mn>({130, 200, 130}, 2);
  check_product<bf16, four_below, major_axis::k, major_axis::mn>({520, 65, 130}, 4);
}

TEST_CASE("four blocks share the right operand") {
  check_product<bf16, four_below>({600, 65, 200}, 4);
}

TEST_CASE("two consumers take turns with tiles: even and odd numbers of tiles and stages") {
  check_product<bf16, in_turn>({64, 32, 64}, 1);
  check_product<bf16, in_turn>({64, 64, 64}, 1);
  check_product<bf16, in_turn>({65, 65, 450}, 1);
  check_product<bf16, in_turn>({200, 70, 333}, 1);
  check_product<bf16, in_turn>({200, 70, 1000}, 2);
  check_product<bf16, in_turn>({20, 33, 70, 2, 2, false, false, true, true}, 1);
}

TEST_CASE("turns and clusters together") {
  check_product<bf16, in_turn_beside>({200, 300, 200}, 2);
  check_product<bf16, in_turn_beside>({70, 65, 64}, 4);
}
