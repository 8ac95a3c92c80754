// SPDX-License-Identifier: Apache-2.0
/// @file cluster_machine: the blocks of a cluster run together; what they say to each other is in
/// ../gpu/cluster_test.cpp.
#include <deepseek/arch/emulated/cluster_machine.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/thread.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace emulated = deepseek::arch::emulated;
namespace gpu = deepseek::arch::gpu;

TEST_CASE("cluster_machine: each thread of each block runs once, with its block's memory") {
  emulated::global_memory const none;
  emulated::cluster_machine machine{{40, sizeof(int), {4, 2, 1}}, {2, 2, 1}, none, "probe"};
  std::vector<int> runs(4 * 40);
  machine.run({2, 0, 0}, [&](void* shared) {
    auto const& place = gpu::this_machine().place();
    gpu::grid_extent const wanted[] = {{2, 0, 0}, {3, 0, 0}, {2, 1, 0}, {3, 1, 0}};
    CHECK(gpu::block_index() == wanted[place.cluster_rank]);
    if (gpu::thread_rank() == 0) *static_cast<int*>(shared) = place.cluster_rank;
    gpu::sync_block();
    CHECK(*static_cast<int*>(shared) == place.cluster_rank);
    ++runs[static_cast<std::size_t>(place.cluster_rank * 40 + gpu::thread_rank())];
  });
  for (int const r : runs) CHECK(r == 1);
}

TEST_CASE("fault: blocks of a cluster that wait for ever") {
  emulated::global_memory const none;
  emulated::cluster_machine machine{{32, 0, {2, 1, 1}}, {2, 1, 1}, none, "probe"};
  std::string fault;
  try {
    machine.run({0, 0, 0}, [](void*) {
      if (gpu::block_index().x == 0 || gpu::thread_rank() > 0) gpu::sync_block();
    });
  } catch (deepseek::kernel_fault const& f) {
    fault = f.what();
  }
  CHECK(fault ==
        "[DS-EMULATED-DEADLOCK] probe: block (0, 0, 0) and the others of its cluster wait for "
        "ever: at "
        "barrier 0 31 of 32 threads, thread 1 of block (1, 0, 0) among them; 33 of 64 have ended. "
        "Fix: every thread comes to the same barriers.");
}
