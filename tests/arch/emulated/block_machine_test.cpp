// SPDX-License-Identifier: Apache-2.0
/// @file Blocks on the emulator: right ones give the right results, wrong ones the fault that names them.
#include <deepseek/arch/emulated/block_machine.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/warp.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <vector>

#include "run_block.hpp"

namespace {

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;
using deepseek::test::run_block;

struct sums {
  gpu::shared_array<int, 32> of_warp;
  gpu::shared_value<int> total;
};

/// The sum of the ranks of a block: through lanes, then through shared memory.
int sum_of_ranks(sums& shared) {
  auto const add = [](int a, int b) { return a + b; };
  int const of_warp = gpu::warp_reduce(gpu::thread_rank(), add);
  if (gpu::lane_rank() == 0) shared.of_warp[gpu::warp_rank()] = of_warp;
  gpu::sync_block();
  if (gpu::thread_rank() == 0) {
    int total = 0;
    for (int w = 0; w < gpu::block_threads() / gpu::warp_size; ++w) total += shared.of_warp[w];
    shared.total = total;
  }
  gpu::sync_block();
  return shared.total;
}

}  // namespace

TEST_CASE("a block that adds up: warps by shuffles, the block through shared memory") {
  for (int const threads : {32, 64, 256, 1024}) {
    CAPTURE(threads);
    std::vector<int> result(static_cast<std::size_t>(threads), -1);
    run_block<sums>(threads, [&](sums& shared) {
      result[static_cast<std::size_t>(gpu::thread_rank())] = sum_of_ranks(shared);
    });
    for (int const r : result) CHECK(r == threads * (threads - 1) / 2);
  }
}

TEST_CASE("a block that the same machine runs again starts anew") {
  deepseek::arch::emulated::global_memory const none;
  deepseek::arch::emulated::block_machine machine{{64, sizeof(sums), {2, 1, 1}}, none, "twice"};
  int sum = 0;
  for (int b = 0; b < 2; ++b)
    machine.run({b, 0, 0}, [&](void* shared) {
      CHECK(gpu::block_index() == gpu::grid_extent{b, 0, 0});
      sum += sum_of_ranks(*static_cast<sums*>(shared));
    });
  CHECK(sum == 2 * 64 * (64 * 63 / 2));
}

TEST_CASE("fault: two threads, one writes, no barrier between") {
  auto const late_barrier = [](sums& shared) {
    if (gpu::thread_rank() == 3) shared.total = 1;
    [[maybe_unused]] int const seen = shared.total;
    gpu::sync_block();
  };
  CHECK(holds(fault_of<sums>(32, late_barrier), "[DS-EMULATED-SHARED", "probe: thread",
              "of block (0, 0, 0)", "shared memory"));
  auto const read_then_write = [](sums& shared) {
    if (gpu::thread_rank() == 0) shared.total = 1;
    gpu::sync_block();
    if (gpu::thread_rank() == 1) shared.total = shared.total + 1;
    if (gpu::thread_rank() == 40) [[maybe_unused]]
      int const seen = shared.total;
  };
  CHECK(holds(fault_of<sums>(64, read_then_write),
              "[DS-EMULATED-SHARED-RACE] probe: thread 40 of block", "reads 4 bytes at byte 128",
              "thread 1 wrote", "no barrier between"));
  auto const write_after_read = [](sums& shared) {
    if (gpu::thread_rank() == 0) shared.total = 1;
    gpu::sync_block();
    // The last thread to come to a barrier goes on first.
    if (gpu::thread_rank() == 63) [[maybe_unused]]
      int const seen = shared.total;
    if (gpu::thread_rank() == 0) shared.total = 2;
  };
  CHECK(holds(fault_of<sums>(64, write_after_read),
              "[DS-EMULATED-SHARED-RACE] probe: thread 0 of block", "writes 4 bytes",
              "thread 63 read"));
  auto const both_write = [](sums& shared) {
    if (gpu::thread_rank() < 2) shared.total = 7;
  };
  CHECK(holds(fault_of<sums>(32, both_write), "[DS-EMULATED-SHARED-RACE]", "thread 1",
              "thread 0 wrote"));
}

TEST_CASE("a warp is not a block: a barrier of one warp orders nothing for another") {
  auto const in_warp = [](sums& shared) {
    if (gpu::thread_rank() == 5) shared.total = 1;
    gpu::sync_warp();
    if (gpu::warp_rank() == 0) [[maybe_unused]]
      int const seen = shared.total;
  };
  CHECK(fault_of<sums>(64, in_warp) == "");
  auto const across = [](sums& shared) {
    if (gpu::thread_rank() == 5) shared.total = 1;
    gpu::sync_warp();
    if (gpu::thread_rank() == 33) [[maybe_unused]]
      int const seen = shared.total;
  };
  CHECK(holds(fault_of<sums>(64, across), "[DS-EMULATED-SHARED-RACE] probe: thread 33",
              "thread 5 wrote"));
  auto const shuffled = [](sums& shared) {
    if (gpu::thread_rank() == 5) shared.total = 1;
    gpu::shuffle(1, 0);
    if (gpu::thread_rank() == 6) [[maybe_unused]]
      int const seen = shared.total;
  };
  CHECK(holds(fault_of<sums>(32, shuffled),
              "[DS-EMULATED-SHARED-RACE]"));  // a shuffle orders no memory
}

TEST_CASE("fault: shared memory that nobody has written, and outside") {
  CHECK(holds(
      fault_of<sums>(32, [](sums& shared) { [[maybe_unused]] int const seen = shared.total; }),
      "[DS-EMULATED-SHARED-UNDEFINED] probe: thread 0", "reads 4 bytes at byte 128",
      "nobody has written"));
  CHECK(holds(fault_of<sums>(33, [](sums& shared) { shared.of_warp[gpu::thread_rank()] = 1; }),
              "[DS-EMULATED-INDEX] probe: thread 32", "index 32 of an array of 32"));
  auto const beyond = [](sums& shared) {
    gpu::shared_element<int>{&shared.total.one.element[1]} = 1;
  };
  CHECK(holds(fault_of<sums>(1, beyond), "[DS-EMULATED-SHARED-RANGE]", "at byte 132", "has 132"));
  auto const askew = [](sums& shared) {
    auto* const at = reinterpret_cast<unsigned char*>(&shared) + 2;
    gpu::this_machine().shared_write(at, 4);
  };
  CHECK(holds(fault_of<sums>(1, askew), "[DS-EMULATED-SHARED-ALIGN]", "4 bytes at byte 2"));
}

TEST_CASE("fault: a barrier that some threads never come to") {
  auto const diverged = [](sums&) {
    if (gpu::thread_rank() < 16) gpu::sync_block();
  };
  CHECK(holds(fault_of<sums>(64, diverged), "[DS-EMULATED-DEADLOCK] probe: block (0, 0, 0)",
              "at barrier 0 16 of 64 threads, thread 0", "48 of 64 have ended"));
  auto const lanes = [](sums&) {
    if (gpu::lane_rank() != 7) gpu::ballot(true);
  };
  CHECK(holds(fault_of<sums>(32, lanes), "[DS-EMULATED-DEADLOCK]", "at ballot 31 of 32 threads"));
}

TEST_CASE("fault: collectives that do not match") {
  auto const two = [](sums&) {
    if (gpu::lane_rank() == 0) gpu::ballot(true);
    else gpu::shuffle(1, 0);
  };
  CHECK(holds(fault_of<sums>(32, two), "[DS-EMULATED-DIVERGED] probe: thread 1",
              "comes to a shuffle", "thread 0", "in a ballot"));
  CHECK(holds(fault_of<sums>(32, [](sums&) { gpu::ballot(true, 1u); }),
              "[DS-EMULATED-MASK] probe: thread 1", "not in the mask of its ballot"));
  auto const counts = [](sums&) { gpu::sync_threads<1>(gpu::warp_rank() == 0 ? 64 : 32); };
  CHECK(holds(fault_of<sums>(64, counts), "[DS-EMULATED-BARRIER] probe: thread 32",
              "barrier 1 for 32 threads", "for 64"));
  CHECK(holds(fault_of<sums>(64, [](sums&) { gpu::sync_threads<2>(40); }), "[DS-EMULATED-BARRIER]",
              "for 40 threads of 64", "whole warps"));
}

TEST_CASE("what a kernel throws ends the block, and the stacks of its other threads are unwound") {
  int alive = 0;
  struct counted {
    int& count;
    explicit counted(int& c) : count{c} { ++count; }
    ~counted() { --count; }
  };
  auto const kernel = [&](sums&) {
    counted const here{alive};
    if (gpu::thread_rank() == 20) throw std::runtime_error{"of the kernel"};
    gpu::sync_block();
  };
  CHECK_THROWS_WITH_AS(run_block<sums>(64, kernel), "of the kernel", std::runtime_error);
  CHECK(alive == 0);
  CHECK(gpu::detail::running == nullptr);
}
