// SPDX-License-Identifier: Apache-2.0
/// @file Barriers order what threads do: of blocks, of parts of them, of warps, of givers and takers.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>

#include <doctest/doctest.h>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;
using deepseek::test::run_block;

namespace {
struct buffer {
  gpu::shared_array<int, 128> value;
};
}  // namespace

TEST_CASE("sync_block: each thread reads what its neighbour wrote, many times over") {
  CHECK(fault_of<buffer>(128, [](buffer& shared) {
          int const rank = gpu::thread_rank();
          for (int round = 0; round < 5; ++round) {
            shared.value[rank] = rank + round;
            gpu::sync_block();
            CHECK(shared.value[(rank + 1) % 128] == (rank + 1) % 128 + round);
            gpu::sync_block();
          }
        }) == "");
}

TEST_CASE("sync_threads: two halves of a block, each by a barrier of its own") {
  CHECK(fault_of<buffer>(128, [](buffer& shared) {
          int const rank = gpu::thread_rank();
          shared.value[rank] = rank;
          if (rank < 64) gpu::sync_threads<1>(64);
          else gpu::sync_threads<2>(64);
          CHECK(shared.value[rank ^ 63] == (rank ^ 63));
        }) == "");
  auto const other_half = [](buffer& shared) {  // which has not been met
    int const rank = gpu::thread_rank();
    shared.value[rank] = 0;
    gpu::sync_block();
    shared.value[rank] = rank;
    if (rank < 64) gpu::sync_threads<1>(64);
    else gpu::sync_threads<2>(64);
    [[maybe_unused]] int const x = shared.value[rank ^ 64];
  };
  CHECK(holds(fault_of<buffer>(128, other_half), "[DS-EMULATED-SHARED-RACE]"));
}

TEST_CASE("arrive_threads: a producer goes on, its consumers see what it wrote before") {
  int consumed = 0;
  CHECK(fault_of<buffer>(64, [&](buffer& shared) {
          if (gpu::warp_rank() == 0) {
            shared.value[gpu::thread_rank()] = 5;
            gpu::arrive_threads<3>(64);
          } else {
            gpu::sync_threads<3>(64);
            consumed += shared.value[gpu::lane_rank()];
          }
        }) == "");
  CHECK(consumed == 32 * 5);
  auto const reads_back = [](buffer& shared) {  // a producer that has not waited for its consumers
    shared.value[gpu::thread_rank()] = 0;
    gpu::sync_block();
    shared.value[gpu::thread_rank()] = 5;
    if (gpu::warp_rank() == 0) {
      gpu::arrive_threads<3>(64);
      [[maybe_unused]] int const x = shared.value[gpu::lane_rank() + 32];
    } else {
      gpu::sync_threads<3>(64);
    }
  };
  CHECK(holds(fault_of<buffer>(64, reads_back), "[DS-EMULATED-SHARED-RACE]"));
}

TEST_CASE("sync_warp: the lanes of a mask") {
  CHECK(fault_of<buffer>(32, [](buffer& shared) {
          int const lane = gpu::lane_rank();
          shared.value[lane] = lane;
          gpu::sync_warp(lane < 8 ? 0xffu : 0xffffff00u);
          if (lane < 8) CHECK(shared.value[7 - lane] == 7 - lane);
        }) == "");
}
