// SPDX-License-Identifier: Apache-2.0
/// @file this_machine: of the thread that runs, put back after a kernel that another one ran.
#include <deepseek/arch/gpu/machine.hpp>

#include <doctest/doctest.h>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;

TEST_CASE("grid_extent: equal in all axes") {
  CHECK(gpu::grid_extent{1, 2, 3} == gpu::grid_extent{1, 2, 3});
  CHECK(gpu::grid_extent{1, 2, 3} != gpu::grid_extent{1, 2, 4});
}

TEST_CASE("this_machine: a kernel that runs a kernel gets its own back") {
  int inner = 0;
  deepseek::test::run_block(1, [&](auto&) {
    gpu::machine const* const outer = &gpu::this_machine();
    deepseek::test::run_block(4, [&](auto&) {
      CHECK(&gpu::this_machine() != outer);
      ++inner;
    });
    CHECK(&gpu::this_machine() == outer);
  });
  CHECK(inner == 4);
}
