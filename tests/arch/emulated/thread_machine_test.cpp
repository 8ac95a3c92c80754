// SPDX-License-Identifier: Apache-2.0
/// @file thread_machine: one thread's checks, without a kernel; whole blocks are in block_machine_test.cpp.
#include <deepseek/arch/emulated/thread_machine.hpp>

#include <doctest/doctest.h>

#include <string>

namespace {

namespace emulated = deepseek::arch::emulated;
namespace gpu = deepseek::arch::gpu;

template <class F> std::string fault_of(F const& f) {
  try {
    f();
  } catch (deepseek::kernel_fault const& fault) {
    return fault.what();
  }
  return "";
}

}  // namespace

TEST_CASE("thread_machine: each thread has its place and its block's shared memory") {
  emulated::cluster_places const places{{2, 64, {2, 1, 1}}, {2, 1, 1}, {0, 0, 0}, "probe"};
  emulated::global_memory const operands;
  emulated::happens_before order{4};
  emulated::stack_turns turns{0, {}, {}};
  emulated::meetings meetings{places, turns, order};
  emulated::phase_barriers phases{places, turns, order};
  emulated::cluster_barrier of_cluster{places, turns, order};
  emulated::block_lives lives{places, order};
  std::vector<std::unique_ptr<emulated::shared_memory>> shared;
  for (int rank = 0; rank < 2; ++rank)
    shared.push_back(std::make_unique<emulated::shared_memory>(64));
  emulated::cluster_parts const parts{places, operands,   order, meetings,
                                      phases, of_cluster, lives, shared};
  emulated::thread_machine first{parts, 0};
  emulated::thread_machine third{parts, 2};
  CHECK(third.place().thread == 0);
  CHECK(third.place().block == gpu::grid_extent{1, 0, 0});
  CHECK(third.place().cluster_rank == 1);
  CHECK(fault_of([&] { first.shared_write(shared[0]->data(), 4); }) == "");
  CHECK(fault_of([&] { third.shared_write(shared[1]->data(), 4); }) == "");
  CHECK(fault_of([&] { third.shared_index(4, 4); }) ==
        "[DS-EMULATED-INDEX] probe: thread 0 of block (1, 0, 0) uses index 4 of an array of 4 in "
        "shared memory.");
  CHECK(
      fault_of([&] { first.source_lane("shuffle", 3, 0x117u); }) ==
      "[DS-EMULATED-LANE] probe: thread 0 of block (0, 0, 0), lane 0 of its warp, reads lane 3 by "
      "a shuffle of lanes 0 to 2, 4, 8. Fix: a mask with both lanes in it.");
}
