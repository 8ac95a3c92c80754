// SPDX-License-Identifier: Apache-2.0
/// @file Clusters: ranks, the barrier, shared memory of other blocks; and what goes wrong between blocks.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/arch/gpu/thread.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of_cluster;
using deepseek::test::holds;

namespace {

struct plan {
  gpu::shared_array<int, 32> value;
  gpu::shared_value<std::uint32_t> count;
  gpu::mbarrier full;
};

}  // namespace

TEST_CASE("ranks: of 1, 4 and 16 blocks; a block alone is a cluster of one") {
  for (int const blocks : {1, 4, 16}) {
    CAPTURE(blocks);
    CHECK(fault_of_cluster(blocks, 32, [&](auto&) {
            CHECK(gpu::cluster_blocks() == blocks);
            CHECK(gpu::cluster_rank() == gpu::block_index().x);
            gpu::sync_cluster();
          }) == "");
  }
  deepseek::test::run_block(32, [](auto&) {
    CHECK(gpu::cluster_blocks() == 1);
    CHECK(gpu::cluster_rank() == 0);
    gpu::sync_cluster();
  });
}

TEST_CASE("each block reads from and writes to the next one") {
  CHECK(fault_of_cluster<plan>(4, 32, [](plan& shared) {
          int const rank = gpu::cluster_rank();
          int const lane = gpu::thread_rank();
          shared.value[lane] = rank * 100 + lane;
          gpu::sync_cluster();
          auto const next = gpu::in_block(shared.value, (rank + 1) % 4);
          static_assert(decltype(next)::size == 32);
          int const got = next[31 - lane];
          CHECK(got == (rank + 1) % 4 * 100 + 31 - lane);
          gpu::sync_cluster();
          next[lane] = got + 1000;
          gpu::sync_cluster();
          CHECK(shared.value[lane] == 1000 + rank * 100 + 31 - lane);
          // A place of one's own block has a name of this kind too.
          CHECK(gpu::in_block(shared.value[lane], rank) == shared.value[lane]);
          gpu::in_block(shared.value, rank)[lane] = gpu::in_block(shared.value[lane], rank);
        }) == "");
}

TEST_CASE("atomics in the first block: a sum over the cluster") {
  CHECK(fault_of_cluster<plan>(16, 64, [](plan& shared) {
          if (gpu::thread_rank() == 0) shared.count = 0u;
          gpu::sync_cluster();
          gpu::atomic_add(gpu::in_block(shared.count, 0), 2u);
          gpu::sync_cluster();
          CHECK(shared.count == (gpu::cluster_rank() == 0 ? 2u * 16 * 64 : 0u));
        }) == "");
}

TEST_CASE("arrive and wait apart: what was written before the arrival is there after the wait") {
  CHECK(fault_of_cluster<plan>(2, 32, [](plan& shared) {
          int const lane = gpu::thread_rank();
          shared.value[lane] = lane;
          gpu::arrive_cluster();
          if (lane == 0) shared.count = 5u;
          gpu::wait_cluster();
          CHECK(gpu::in_block(shared.value, 1 - gpu::cluster_rank())[lane] == lane);
          gpu::sync_cluster();
        }) == "");
  auto const between = [](plan& shared) {
    gpu::arrive_cluster();
    if (gpu::thread_rank() == 0) shared.count = 5u;
    gpu::wait_cluster();
    std::uint32_t const seen = gpu::in_block(shared.count, 1 - gpu::cluster_rank());
    gpu::sync_cluster();
    CHECK(seen == 5u);
  };
  CHECK(holds(fault_of_cluster<plan>(2, 32, between), "[DS-EMULATED-SHARED-RACE] probe: thread",
              "reads 4 bytes at byte 128 of shared memory of block (", "that thread 0 of block (",
              "wrote, with no barrier between"));
}

TEST_CASE("a remote mbarrier: all blocks arrive at that of the first, with what they wrote there") {
  CHECK(fault_of_cluster<plan>(4, 32, [](plan& shared) {
          int const rank = gpu::cluster_rank();
          int const lane = gpu::thread_rank();
          if (lane == 0) gpu::init(shared.full, 4 * 8);
          gpu::sync_cluster();
          if (lane < 8) {
            gpu::in_block(shared.value, 0)[rank * 8 + lane] = rank;
            gpu::arrive(gpu::in_block(shared.full, 0));
          }
          if (rank == 0) {
            gpu::wait_cluster(shared.full, 0);
            CHECK(shared.value[lane] == lane / 8);
          }
          gpu::sync_cluster();
        }) == "");
  auto const bytes_missing = [](plan& shared) {
    if (gpu::thread_rank() == 0) gpu::init(shared.full, 1);
    gpu::sync_cluster();
    if (gpu::cluster_rank() == 1 && gpu::thread_rank() == 0)
      gpu::arrive(gpu::in_block(shared.full, 0), 48);
    if (gpu::cluster_rank() == 0) gpu::wait(shared.full, 0);
    gpu::sync_cluster();
  };
  CHECK(holds(fault_of_cluster<plan>(2, 32, bytes_missing), "[DS-EMULATED-DEADLOCK] probe: block",
              "the others of its cluster wait for ever", "lacks 0 arrivals and 48 bytes",
              "at the barrier of the cluster 32 of 64 threads"));
}

TEST_CASE("a stage that other blocks have read is written again after they said so") {
  CHECK(fault_of_cluster<plan>(3, 8, [](plan& shared) {
          int const lane = gpu::thread_rank();
          if (lane == 0) gpu::init(shared.full, 3 * 8);
          shared.value[lane] = lane;
          gpu::sync_cluster();
          CHECK(gpu::in_block(shared.value, 1)[7 - lane] == 7 - lane);
          gpu::arrive_having_read(gpu::in_block(shared.full, 1));
          if (gpu::cluster_rank() == 1) {
            gpu::wait(shared.full, 0);
            shared.value[lane] = 0;
          }
          gpu::sync_cluster();
        }) == "");
}

TEST_CASE("fault: between blocks, races, what nobody has written, outside") {
  auto const race = [](plan& shared) {
    gpu::sync_cluster();
    gpu::in_block(shared.count, 0) = 1u;  // by thread 0 of each block
    gpu::sync_cluster();
  };
  CHECK(holds(fault_of_cluster<plan>(2, 1, race),
              "[DS-EMULATED-SHARED-RACE] probe: thread 0 of block",
              "writes 4 bytes at byte 128 of shared memory", "wrote, with no barrier between"));
  auto const in_block_barrier = [](plan& shared) {  // a block's barrier is not the cluster's
    gpu::sync_cluster();
    if (gpu::cluster_rank() == 0) shared.value[gpu::thread_rank()] = 1;
    gpu::sync_block();
    if (gpu::cluster_rank() == 1) [[maybe_unused]]
      int const x = gpu::in_block(shared.value, 0)[0];
    gpu::sync_cluster();
  };
  CHECK(holds(fault_of_cluster<plan>(2, 32, in_block_barrier),
              "[DS-EMULATED-SHARED-RACE] probe: thread",
              "of block (1, 0, 0) reads 4 bytes at byte 0 of "
              "shared memory of block (0, 0, 0) that thread 0 of block (0, 0, 0) wrote"));
  auto const undefined = [](plan& shared) {
    gpu::sync_cluster();
    [[maybe_unused]] int const x = gpu::in_block(shared.value, 1 - gpu::cluster_rank())[7];
    gpu::sync_cluster();
  };
  CHECK(holds(fault_of_cluster<plan>(2, 1, undefined), "[DS-EMULATED-SHARED-UNDEFINED]",
              "reads 4 bytes at byte 28 of shared memory of block (", "that nobody has written"));
  auto const index = [](plan& shared) {
    gpu::sync_cluster();
    gpu::in_block(shared.value, 1)[32] = 1;
    gpu::sync_cluster();
  };
  CHECK(holds(fault_of_cluster<plan>(2, 1, index), "[DS-EMULATED-INDEX]",
              "index 32 of an array of 32"));
  auto const no_such = [](plan& shared) { gpu::in_block(shared.value, 2)[0] = 1; };
  CHECK(holds(fault_of_cluster<plan>(2, 1, no_such), "[DS-EMULATED-CLUSTER] probe: thread 0",
              "names block 2 of a cluster of 2"));
  CHECK(
      holds(fault_of_cluster(17, 1, [](auto&) {}), "[DS-EMULATED-CLUSTER] probe: a cluster of 17"));
}

TEST_CASE("fault: a block that may not have begun, or may have ended, when others use its memory") {
  auto const early = [](plan& shared) {
    gpu::in_block(shared.value, 1 - gpu::cluster_rank())[gpu::cluster_rank()] = 1;
    gpu::sync_cluster();
  };
  CHECK(holds(
      fault_of_cluster<plan>(2, 1, early), "[DS-EMULATED-CLUSTER] probe: thread 0 of block",
      "uses shared memory of block (1, 0, 0), which may not have begun. Fix: sync_cluster()"));
  auto const late = [](plan& shared) {
    shared.value[gpu::thread_rank()] = 1;
    gpu::sync_cluster();
    if (gpu::cluster_rank() == 1) [[maybe_unused]]
      int const x = gpu::in_block(shared.value, 0)[0];
  };
  CHECK(holds(fault_of_cluster<plan>(2, 32, late), "[DS-EMULATED-CLUSTER] probe: thread",
              "of block (1, 0, 0) uses shared memory of block "
              "(0, 0, 0), which",
              "ended. Fix: sync_cluster() after the last access"));
  auto const late_other = [](plan& shared) {  // the same, whichever block runs first
    shared.value[gpu::thread_rank()] = 1;
    gpu::sync_cluster();
    if (gpu::cluster_rank() == 0) [[maybe_unused]]
      int const x = gpu::in_block(shared.value, 1)[0];
  };
  CHECK(holds(fault_of_cluster<plan>(2, 32, late_other), "[DS-EMULATED-CLUSTER]",
              "of block (0, 0, 0) uses shared memory of block (1, 0, 0), which"));
}
