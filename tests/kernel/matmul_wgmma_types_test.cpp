// SPDX-License-Identifier: Apache-2.0
/// @file matmul_wgmma: element types, axes along which operands lie, and the tiles that large products have.
#include "matmul_wgmma_cases.hpp"

using deepseek::bf16;
using deepseek::f16;
using deepseek::fp8_e4m3;
using deepseek::fp8_e5m2;
using deepseek::test::check_product;
using deepseek::test::major_axis;
using deepseek::test::matmul_wgmma_config;

namespace {

constexpr matmul_wgmma_config narrow{.rows = 64, .columns = 32, .stages = 2, .consumers = 1};
constexpr matmul_wgmma_config two{.rows = 128, .columns = 64, .stages = 2};
constexpr matmul_wgmma_config large{.rows = 128, .columns = 256};
constexpr matmul_wgmma_config high{.rows = 256, .columns = 128};
constexpr matmul_wgmma_config odd{.rows = 128, .columns = 160, .stages = 5};

}  // namespace

TEST_CASE("f16; operands along k and along rows") {
  check_product<f16, two>({130, 65, 100}, 1);
  check_product<f16, two, major_axis::mn, major_axis::k>({130, 65, 100}, 1);
  check_product<f16, two, major_axis::k, major_axis::mn>({130, 65, 100}, 1);
  check_product<bf16, two, major_axis::mn, major_axis::mn>({130, 130, 130, 1, 2}, 2);
}

TEST_CASE("fp8 and int8: 128 of k in a stage") {
  check_product<fp8_e4m3, narrow>({65, 33, 131}, 1);
  check_product<fp8_e5m2, two>({130, 65, 300}, 1);
  check_product<std::int8_t, two>({130, 65, 300}, 1, 127);
  check_product<std::int8_t, narrow>({1, 40, 1}, 1, 127);
}

TEST_CASE("sums are written four or two or one at a time") {
  check_product<bf16, two, major_axis::k, major_axis::k, 4>({70, 65, 70}, 1);
  check_product<bf16, narrow, major_axis::k, major_axis::k, 4>({70, 33, 70}, 1);
  check_product<bf16, narrow, major_axis::k, major_axis::k, 2>({70, 33, 70}, 1);
  check_product<bf16, two, major_axis::k, major_axis::k, 1>({70, 65, 70}, 1);
}

TEST_CASE("the tiles of large products") {
  check_product<bf16, large>({129, 257, 130}, 1);
  check_product<bf16, high>({257, 129, 130}, 1);
  check_product<bf16, odd>({129, 161, 70}, 1);
}
