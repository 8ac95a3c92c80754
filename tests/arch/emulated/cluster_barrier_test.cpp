// SPDX-License-Identifier: Apache-2.0
/// @file cluster_barrier: rounds, threads that end, steps out of order.
#include <deepseek/arch/emulated/cluster_barrier.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace {

namespace emulated = deepseek::arch::emulated;

struct two_blocks_of_two {
  std::function<void(int)> body;
  emulated::cluster_places places{{2, 0, {2, 1, 1}}, {2, 1, 1}, {0, 0, 0}, "probe"};
  emulated::happens_before order{4};
  emulated::stack_turns turns{4,
                              [this](int id) {
                                body(id);
                                barrier.leave(id);
                              },
                              [](int) {}};
  emulated::cluster_barrier barrier{places, turns, order};

  std::string run(std::function<void(int)> of_thread) {
    body = std::move(of_thread);
    deepseek::text said;
    try {
      turns.run([&] { barrier.describe(said); });
    } catch (deepseek::kernel_fault const& fault) {
      return fault.what();
    }
    return said.c_str();
  }
};

}  // namespace

TEST_CASE("every thread has seen what every other did before it came, round after round") {
  two_blocks_of_two cluster;
  CHECK(cluster.run([&](int id) {
    for (int round = 0; round < 3; ++round) {
      auto const before = cluster.order.now(id);
      CHECK(before == static_cast<unsigned>(round + 1));
      cluster.barrier.arrive(id);
      cluster.barrier.wait(id);
      for (int other = 0; other < 4; ++other) CHECK(cluster.order.saw(id, other, before));
    }
  }) == "");
}

TEST_CASE("what a thread does between coming and waiting is not seen") {
  two_blocks_of_two cluster;
  CHECK(cluster.run([&](int id) {
    cluster.barrier.arrive(id);
    auto const between = cluster.order.now(id);
    cluster.barrier.wait(id);
    CHECK_FALSE(cluster.order.saw(id, (id + 1) % 4, between));
  }) == "");
}

TEST_CASE("threads that have ended count as come, before this round and in it") {
  two_blocks_of_two cluster;
  int rounds = 0;
  CHECK(cluster.run([&](int id) {
    for (int round = 0; round <= id; ++round) {
      cluster.barrier.arrive(id);
      if (id == 1 && round == 1) return;  // comes, and ends without waiting
      cluster.barrier.wait(id);
      if (id == 3) ++rounds;
    }
  }) == "");
  CHECK(rounds == 4);
}

TEST_CASE("fault: twice without waiting, waiting without coming; who waits for ever is described") {
  two_blocks_of_two cluster;
  CHECK(cluster.run([&](int id) {
    cluster.barrier.arrive(id);
    cluster.barrier.arrive(id);
  }) == "[DS-EMULATED-CLUSTER] probe: thread 0 of block (0, 0, 0) comes to the barrier of its "
        "cluster "
        "twice. Fix: wait_cluster() after each arrive_cluster().");
  two_blocks_of_two second;
  CHECK(second.run([&](int id) { second.barrier.wait(id); }) ==
        "[DS-EMULATED-CLUSTER] probe: thread 0 of block (0, 0, 0) waits at the barrier of its "
        "cluster, "
        "but has not come to it. Fix: arrive_cluster() before wait_cluster().");
  two_blocks_of_two third;
  CHECK(third.run([&](int id) {
    if (id == 0) third.turns.wait(id);  // for ever
    third.barrier.arrive(id);
    third.barrier.wait(id);
  }) == " at the barrier of the cluster 3 of 4 threads, thread 1 among them;");
}
