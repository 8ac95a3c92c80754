// SPDX-License-Identifier: Apache-2.0
/// @file matmul_mma_config: what it says of itself, and which configs are none.
#include <deepseek/kernel/matmul_mma_config.hpp>

#include <doctest/doctest.h>

#include <string>

using deepseek::kernel::matmul_mma_config;
using deepseek::kernel::matmul_mma_fault;

namespace {
bool is_fault(matmul_mma_config const& c, char const* begins) {
  char const* const fault = matmul_mma_fault(c);
  return fault != nullptr && std::string{fault}.rfind(begins, 0) == 0;
}
}  // namespace

TEST_CASE("128 x 128 by four warps, four stages of 64 bytes") {
  constexpr matmul_mma_config c;
  static_assert(matmul_mma_fault(c) == nullptr);
  CHECK(c.threads() == 128);
  CHECK(c.stage_bytes() == 16384);
  CHECK(c.shared_bytes() == 65536);
  CHECK(c.registers() > 128 + 64);  // sums, fragments
  CHECK(c.registers() <= 255);
}

TEST_CASE("the rows on their way to the epilogue have room in place of the stages") {
  constexpr matmul_mma_config c{
      .rows = 32, .columns = 128, .warp_rows = 16, .warp_columns = 64, .stages = 2};
  static_assert(matmul_mma_fault(c) == nullptr);
  CHECK(c.warps() == 4);
  CHECK(c.shared_bytes() == 2 * 160 * 64);
  constexpr matmul_mma_config many{
      .rows = 128, .columns = 32, .warp_rows = 16, .warp_columns = 32, .stages = 2};
  CHECK(many.shared_bytes() >= many.warps() * 16 * 32 * 4);
}

TEST_CASE("each fault is named") {
  CHECK(is_fault({.rows = 96}, "rows and columns"));
  CHECK(is_fault({.columns = 16}, "rows and columns"));
  CHECK(is_fault({.warp_rows = 8}, "warp_rows"));
  CHECK(is_fault({.rows = 32, .warp_rows = 64}, "warp_rows"));
  CHECK(is_fault({.warp_columns = 16}, "warp_columns"));
  CHECK(is_fault({.depth_bytes = 32}, "depth_bytes"));
  CHECK(is_fault({.stages = 1}, "stages"));
  CHECK(is_fault({.rows = 64, .columns = 64}, "warps"));
  CHECK(is_fault({.rows = 32, .columns = 256, .warp_rows = 16, .warp_columns = 32}, "threads"));
  CHECK(is_fault({.depth_bytes = 128, .stages = 6}, "shared memory"));
  CHECK(is_fault({.rows = 256, .warp_rows = 128}, "registers: 255"));
  CHECK(is_fault({.rows = 256, .columns = 128, .stages = 3, .blocks_at_once = 2},
                 "registers: 65536"));
}
