// SPDX-License-Identifier: Apache-2.0
/// @file bulk_copies: groups, blocks and their barriers; mistakes inside kernels are in
/// ../gpu/bulk_copy_test.cpp.
#include <deepseek/arch/emulated/bulk_copies.hpp>

#include <doctest/doctest.h>

#include <cstring>

#include "one_cluster.hpp"

namespace emulated = deepseek::arch::emulated;
namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_in;

TEST_CASE("bulk_copies: a load fills each block of the mask and signals its barrier") {
  deepseek::test::one_cluster cluster;
  emulated::bulk_copies copies{cluster.parts, 0};
  cluster.order.meet({0, 2});
  for (int rank = 0; rank < 2; ++rank) {
    int const maker = rank * 2;
    cluster.parts.memory(rank).write(cluster.order, maker, cluster.at(rank, 240), 8);
    cluster.phases.make(maker, cluster.at(rank, 240), 1);
    cluster.order.fence(maker);
  }
  cluster.order.meet({0, 2});
  int filled = 0;
  auto const fill = [&](void* place) {
    std::memset(place, 7, 32);
    ++filled;
  };
  copies.load(cluster.at(0, 64), 32, cluster.at(0, 240), 0b11u, fill);
  CHECK(filled == 2);
  CHECK(*cluster.at(1, 64 + 31) == 7);
  CHECK(cluster.phases.running(0, cluster.at(1, 240)).missing_bytes() == -32);
  copies.load(cluster.at(0, 96), 32, cluster.at(0, 240), gpu::own_block, fill);
  CHECK(filled == 3);
  CHECK(*cluster.at(0, 96) == 7);
  CHECK(cluster.phases.running(0, cluster.at(0, 240)).missing_bytes() == -64);
  CHECK(
      fault_in([&] { copies.load(cluster.at(0, 0), 32, cluster.at(0, 240), 0, fill); }) ==
      "[DS-EMULATED-BULK] probe: thread 0 of block (0, 0, 0) copies to the blocks of mask 0, in a "
      "cluster of 2.");
}

TEST_CASE("bulk_copies: groups are waited for from the oldest on") {
  deepseek::test::one_cluster cluster;
  emulated::bulk_copies copies{cluster.parts, 0};
  auto& memory = cluster.parts.memory(0);
  for (int i = 0; i < 3; ++i) memory.write(cluster.order, 0, cluster.at(0, 16 * i), 16);
  cluster.order.fence(0);
  for (int i = 0; i < 3; ++i) {
    copies.read(cluster.at(0, 16 * i), 16);
    copies.commit();
  }
  auto const writable = [&](int i) {
    return memory.write(cluster.order, 0, cluster.at(0, 16 * i), 16).what ==
           emulated::shared_memory::mistake::none;
  };
  copies.wait(3);
  CHECK_FALSE(writable(0));
  copies.wait(1);
  CHECK(writable(0));
  CHECK(writable(1));
  CHECK_FALSE(writable(2));
  copies.wait(0);
  CHECK(writable(2));
}

TEST_CASE("bulk_copies: sizes and addresses") {
  deepseek::test::one_cluster cluster;
  alignas(16) unsigned char x[64];
  cluster.operands.add({x, sizeof x, false, "x"});
  emulated::bulk_copies const copies{cluster.parts, 3};
  CHECK(fault_in([&] { copies.check_size(48); }) == "");
  CHECK(fault_in([&] { copies.check_size(40); }) ==
        "[DS-EMULATED-BULK] probe: thread 1 of block (1, 0, 0) copies 40 bytes at once. Fix: a "
        "multiple of 16.");
  CHECK(fault_in([&] { copies.check_global(x + 16, 48, emulated::global_access::read); }) == "");
  CHECK(fault_in([&] {
          copies.check_global(x + 8, 48, emulated::global_access::read);
        }).find("not a multiple of 16") != std::string::npos);
  CHECK(fault_in([&] {
          copies.check_global(x + 32, 48, emulated::global_access::read);
        }).find("at byte 32 of x") != std::string::npos);
  CHECK(fault_in([&] {
          copies.check_global(x, 48, emulated::global_access::write);
        }).find("only to be read") != std::string::npos);
}
