// SPDX-License-Identifier: Apache-2.0
/// @file meetings: who waits for whom; their faults inside kernels are in block_machine_test.cpp.
#include <deepseek/arch/emulated/meetings.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace {

namespace emulated = deepseek::arch::emulated;
namespace gpu = deepseek::arch::gpu;

/// Two blocks of 64 threads that do nothing but meet.
struct two_blocks {
  std::function<void(int)> body;
  emulated::cluster_places places{{64, 0, {2, 1, 1}}, {2, 1, 1}, {0, 0, 0}, "probe"};
  emulated::happens_before order{128};
  emulated::stack_turns turns{128, [this](int id) { body(id); }, [](int) {}};
  emulated::meetings meet{places, turns, order};

  std::string run(std::function<void(int)> of_thread) {
    body = std::move(of_thread);
    deepseek::text stuck;
    turns.run([&] { meet.describe(stuck); });
    return stuck.c_str();
  }
};

}  // namespace

TEST_CASE("a barrier is its block's: two blocks meet each at their own") {
  two_blocks blocks;
  CHECK(blocks.run([&](int id) {
    auto const before = blocks.order.now(id);
    blocks.meet.come(id, 0, 64, true);
    int const neighbour = id / 64 * 64 + (id + 1) % 64;
    CHECK(blocks.order.saw(id, neighbour, before));
    CHECK_FALSE(blocks.order.saw(id, (id + 64) % 128, before));
  }) == "");
}

TEST_CASE("a collective is its warp's, and shows what its lanes put in") {
  two_blocks blocks;
  CHECK(blocks.run([&](int id) {
    if (id % 2 == 1) return;
    auto const& all = blocks.meet.collect(id, 0x55555555u, "probe", &id, sizeof id);
    for (int lane = 0; lane < 32; ++lane) {
      if (lane % 2 == 1) CHECK(all.of[lane] == nullptr);
      else CHECK(*static_cast<int const*>(all.of[lane]) == id / 32 * 32 + lane);
    }
    CHECK_FALSE(blocks.order.saw(id, id ^ 2, 1));
  }) == "");
}

TEST_CASE("a collective of four warps shows all of them, and orders nothing") {
  std::function<void(int)> body;
  emulated::cluster_places const places{{256, 0, {1, 1, 1}}, {1, 1, 1}, {0, 0, 0}, "probe"};
  emulated::happens_before order{256};
  emulated::stack_turns turns{256, [&](int id) { body(id); }, [](int) {}};
  emulated::meetings meet{places, turns, order};
  body = [&](int id) {
    int const mine = id * 3;
    auto const* const all =
        static_cast<int const*>(meet.collect_warpgroup(id, "probe", &mine, sizeof mine));
    for (int i = 0; i < 128; ++i) CHECK(all[i] == (id / 128 * 128 + i) * 3);
    CHECK_FALSE(order.saw(id, id ^ 1, 1));
    meet.come(id, 0, 256, true);  // is another meeting than the first four warps'
  };
  turns.run([] { FAIL("some wait for ever"); });
}

TEST_CASE("four warps of which one is missing are described as a collective is") {
  two_blocks blocks;
  CHECK(blocks.run([&](int id) {
    if (id == 3) blocks.meet.collect_warpgroup(id, "product", &id, sizeof id);
  }) == " at product 1 of 128 threads, thread 3 among them;");
}

TEST_CASE("what is left open is described") {
  two_blocks blocks;
  CHECK(
      blocks.run([&](int id) {
        if (id == 70) blocks.meet.come(id, 3, 32, true);
        if (id == 5) blocks.meet.come(id, 4, 64, false);
        if (id == 40) blocks.meet.collect(id, 0x300u, "vote", &id, sizeof id);
      }) ==
      " at barrier 4 1 of 64 threads, thread 5 among them; at vote 1 of 2 threads, thread 40 among "
      "them; at barrier 3 1 of 32 threads, thread 6 of block (1, 0, 0) among them;");
}
