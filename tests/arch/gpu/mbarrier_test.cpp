// SPDX-License-Identifier: Apache-2.0
/// @file mbarrier: a ring of stages between producers and consumers, and what goes wrong with one.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>

#include <doctest/doctest.h>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;

namespace {

struct ring {
  gpu::mbarrier full[2];
  gpu::mbarrier empty[2];
  gpu::shared_array<int, 64> stage;
};

void make(ring& shared) {
  if (gpu::thread_rank() == 0)
    for (int s = 0; s < 2; ++s) {
      gpu::init(shared.full[s], 32);
      gpu::init(shared.empty[s], 32);
    }
  gpu::sync_block();
}

}  // namespace

TEST_CASE("one warp fills two stages, another empties them, round after round") {
  int consumed = 0;
  constexpr int rounds = 7;
  CHECK(fault_of<ring>(64, [&](ring& shared) {
          make(shared);
          int const lane = gpu::lane_rank();
          for (int round = 0; round < rounds; ++round) {
            int const s = round % 2;
            int const parity = round / 2 % 2;
            if (gpu::warp_rank() == 0) {
              gpu::wait(shared.empty[s], parity ^ 1);  // the first time nothing is to be waited for
              shared.stage[s * 32 + lane] = round * 100 + lane;
              gpu::arrive(shared.full[s]);
            } else {
              gpu::wait(shared.full[s], parity);
              int const got = shared.stage[s * 32 + (lane + 1) % 32];
              CHECK(got == round * 100 + (lane + 1) % 32);
              ++consumed;
              gpu::arrive(shared.empty[s]);
            }
          }
        }) == "");
  CHECK(consumed == rounds * 32);
}

TEST_CASE("fault: a stage filled again before it was emptied, the wrong parity") {
  auto const no_wait = [](ring& shared) {
    make(shared);
    int const lane = gpu::lane_rank();
    for (int round = 0; round < 2; ++round) {
      if (gpu::warp_rank() == 0) {
        shared.stage[lane] = round;
        gpu::arrive(shared.full[0]);
      } else {
        gpu::wait(shared.full[0], round % 2);
        [[maybe_unused]] int const got = shared.stage[lane];
        gpu::arrive(shared.empty[0]);
      }
    }
  };
  // The producer's second arrivals end a phase that no consumer has seen.
  CHECK(holds(fault_of<ring>(64, no_wait), "[DS-EMULATED-DEADLOCK]", "of an mbarrier"));
  auto const parity = [](ring& shared) {
    make(shared);
    if (gpu::warp_rank() == 0) {
      shared.stage[gpu::lane_rank()] = 1;
      gpu::arrive(shared.full[0]);
    } else {
      gpu::wait(shared.full[0], 1);  // is over from the start
      [[maybe_unused]] int const got = shared.stage[gpu::lane_rank()];
    }
  };
  CHECK(holds(fault_of<ring>(64, parity), "[DS-EMULATED-SHARED"));
}

TEST_CASE("fault: arrivals or bytes that never come, one too many, a barrier that nobody made") {
  auto const too_few = [](ring& shared) {
    make(shared);
    if (gpu::thread_rank() < 31) gpu::arrive(shared.full[0]);
    gpu::wait(shared.full[0], 0);
  };
  CHECK(holds(fault_of<ring>(64, too_few), "[DS-EMULATED-DEADLOCK] probe: block (0, 0, 0)",
              "for the end of parity 0 of an mbarrier, which lacks 1 arrivals and 0 bytes"));
  auto const no_bytes = [](ring& shared) {
    make(shared);
    if (gpu::warp_rank() == 0) gpu::arrive(shared.full[0], 16);
    gpu::wait(shared.full[0], 0);
  };
  CHECK(holds(fault_of<ring>(64, no_bytes), "[DS-EMULATED-DEADLOCK]",
              "lacks 0 arrivals and 512 bytes"));
  auto const too_many = [](ring& shared) {
    make(shared);
    gpu::arrive(shared.full[0], gpu::warp_rank() == 0 ? 4 : 0);  // 63, 0, 1 … 30, then 31
  };
  CHECK(holds(fault_of<ring>(64, too_many), "[DS-EMULATED-MBARRIER] probe: thread",
              "whose arrivals have all come", "124 bytes of the phase are missing"));
  auto const unmade = [](ring& shared) { gpu::arrive(shared.full[0]); };
  CHECK(holds(fault_of<ring>(1, unmade), "[DS-EMULATED-SHARED-UNDEFINED]"));
  auto const not_synced = [](ring& shared) {
    if (gpu::thread_rank() == 0) gpu::init(shared.full[0], 2);
    gpu::arrive(shared.full[0]);
  };
  CHECK(holds(fault_of<ring>(2, not_synced), "[DS-EMULATED-SHARED-RACE] probe: thread 1"));
  auto const of_none = [](ring& shared) { gpu::init(shared.full[0], 0); };
  CHECK(holds(fault_of<ring>(1, of_none), "[DS-EMULATED-MBARRIER]", "0 arrivals"));
}
