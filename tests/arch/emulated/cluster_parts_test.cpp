// SPDX-License-Identifier: Apache-2.0
/// @file cluster_parts: which block a place is in, and how a finding becomes a fault.
#include <deepseek/arch/emulated/cluster_parts.hpp>

#include <doctest/doctest.h>

#include "one_cluster.hpp"

using deepseek::test::fault_in;
using mistake = deepseek::arch::emulated::shared_memory::mistake;

TEST_CASE("cluster_parts: the block that a place is in") {
  deepseek::test::one_cluster const cluster;
  CHECK(cluster.parts.home(cluster.at(0, 0), 0) == 0);
  CHECK(cluster.parts.home(cluster.at(1, 255), 0) == 1);
  int elsewhere = 0;
  CHECK(cluster.parts.home(&elsewhere, 1) == 1);
  CHECK(cluster.parts.place_in(1, cluster.at(0, 40), 0) ==
        reinterpret_cast<char*>(cluster.at(1, 40)));
}

TEST_CASE("cluster_parts: findings name the block where it is another one") {
  deepseek::test::one_cluster const cluster;
  auto const fault = [&](int rank, mistake what) {
    return fault_in([&] { cluster.parts.check(1, rank, {what, 8, 2}, "reads", 4); });
  };
  CHECK(fault(0, mistake::none) == "");
  CHECK(fault(0, mistake::undefined) ==
        "[DS-EMULATED-SHARED-UNDEFINED] probe: thread 1 of block (0, 0, 0) reads 4 bytes at byte 8 "
        "of "
        "shared memory that nobody has written.");
  CHECK(fault(1, mistake::outside) ==
        "[DS-EMULATED-SHARED-RANGE] probe: thread 1 of block (0, 0, 0) reads 4 bytes at byte 8 of "
        "shared memory of block (1, 0, 0), which has 256.");
  CHECK(fault(0, mistake::after_read).find("that thread 0 of block (1, 0, 0) read") !=
        std::string::npos);
  CHECK(fault_in([&] { cluster.parts.check_global(0, true, 64, "at byte 4 of y"); }) ==
        "[DS-EMULATED-GLOBAL] probe: thread 0 of block (0, 0, 0) writes 64 bytes at byte 4 of y.");
  CHECK(fault_in([&] { cluster.parts.check_global(0, true, 64, {}); }) == "");
}
