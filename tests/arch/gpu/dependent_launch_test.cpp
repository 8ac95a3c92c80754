// SPDX-License-Identifier: Apache-2.0
/// @file dependent_launch: in the emulator the grid before has ended: what it wrote is there, nobody waits.
#include <deepseek/arch/gpu/dependent_launch.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>

#include <doctest/doctest.h>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::run_block;

TEST_CASE(
    "a grid waits for the one before and lets the next begin, by some of its threads or all") {
  int cell[32] = {};
  deepseek::arch::emulated::global_memory memory;
  memory.add({cell, sizeof cell, true, "cell"});
  int ended = 0;
  for (int grid = 0; grid < 3; ++grid)
    run_block(32, memory, [&](auto&) {
      int const lane = gpu::thread_rank();
      if (lane == 0) gpu::let_next_grid_begin();
      gpu::wait_for_grid_before();
      int const before = gpu::load(cell + lane);
      CHECK(before == grid);
      gpu::store(cell + lane, before + 1);
      ++ended;
    });
  CHECK(ended == 3 * 32);
}
