// SPDX-License-Identifier: Apache-2.0
/// @file thread_machine: one thread's checks, without a kernel; whole blocks are in block_machine_test.cpp.
#include <deepseek/arch/emulated/thread_machine.hpp>

#include <doctest/doctest.h>

#include "one_cluster.hpp"

namespace emulated = deepseek::arch::emulated;
namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_in;

TEST_CASE("thread_machine: each thread has its place and its block's shared memory") {
  deepseek::test::one_cluster cluster;
  emulated::thread_machine first{cluster.parts, 0};
  emulated::thread_machine third{cluster.parts, 2};
  CHECK(third.place().thread == 0);
  CHECK(third.place().block == gpu::grid_extent{1, 0, 0});
  CHECK(third.place().cluster_rank == 1);
  CHECK(fault_in([&] { first.shared_write(cluster.at(0, 0), 4); }) == "");
  CHECK(fault_in([&] { third.shared_write(cluster.at(1, 0), 4); }) == "");
  CHECK(fault_in([&] { third.shared_index(4, 4); }) ==
        "[DS-EMULATED-INDEX] probe: thread 0 of block (1, 0, 0) uses index 4 of an array of 4 in "
        "shared memory.");
  CHECK(
      fault_in([&] { first.source_lane("shuffle", 3, 0x117u); }) ==
      "[DS-EMULATED-LANE] probe: thread 0 of block (0, 0, 0), lane 0 of its warp, reads lane 3 by "
      "a shuffle of lanes 0 to 2, 4, 8. Fix: a mask with both lanes in it.");
}

TEST_CASE("thread_machine: places of other blocks") {
  deepseek::test::one_cluster cluster;
  emulated::thread_machine first{cluster.parts, 0};
  CHECK(first.in_block(cluster.at(0, 20), 1) == cluster.at(1, 20));
  CHECK(
      fault_in([&] { first.in_block(cluster.at(0, 20), 2); }) ==
      "[DS-EMULATED-CLUSTER] probe: thread 0 of block (0, 0, 0) names block 2 of a cluster of 2.");
  CHECK(fault_in([&] { first.shared_write(cluster.at(1, 20), 4); }).find("may not have begun") !=
        std::string::npos);
  cluster.order.meet({0, 3});
  CHECK(fault_in([&] { first.shared_write(cluster.at(1, 20), 4); }) == "");
}
