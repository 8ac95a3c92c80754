// SPDX-License-Identifier: Apache-2.0
/// @file Ranks of threads, lanes, warps and blocks.
#include <deepseek/arch/gpu/thread.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;

TEST_CASE("each thread of each block runs once, and knows where it is") {
  deepseek::arch::emulated::global_memory const none;
  gpu::grid_extent const grid{3, 2, 1};
  deepseek::arch::emulated::block_machine machine{{70, 0, grid}, none, "probe"};
  std::vector<int> runs(6 * 70);
  for (int y = 0; y < grid.y; ++y)
    for (int x = 0; x < grid.x; ++x)
      machine.run({x, y, 0}, [&](void*) {
        CHECK(gpu::block_threads() == 70);
        CHECK(gpu::grid_blocks() == grid);
        CHECK(gpu::lane_rank() == gpu::thread_rank() % 32);
        CHECK(gpu::warp_rank() == gpu::thread_rank() / 32);
        auto const b = gpu::block_index();
        ++runs[static_cast<std::size_t>((b.y * grid.x + b.x) * 70 + gpu::thread_rank())];
      });
  for (int const r : runs) CHECK(r == 1);
}
