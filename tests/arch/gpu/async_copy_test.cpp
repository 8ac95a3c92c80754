// SPDX-License-Identifier: Apache-2.0
/// @file Asynchronous copies: there after the wait, for others after a barrier, and not before.
#include <deepseek/arch/gpu/async_copy.hpp>
#include <deepseek/arch/gpu/barrier.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;

namespace {

using four = gpu::vec<float, 4>;
struct stages {
  gpu::shared_array<four, 64> a;
  gpu::shared_array<float, 64> b;
  gpu::shared_array<double, 4> c;
};

struct numbers {
  alignas(16) float x[512];
  deepseek::arch::emulated::global_memory memory;
  numbers() {
    for (int i = 0; i < 512; ++i) x[i] = static_cast<float>(i);
    memory.add({x, sizeof x, false, "x"});
  }
  [[nodiscard]] four const* piece(int i) const { return reinterpret_cast<four const*>(x) + i; }
};

}  // namespace

TEST_CASE("copies of 4, 8 and 16 bytes, seen by the whole block after wait and barrier") {
  numbers const from;
  CHECK(fault_of<stages>(64, from.memory, [&](stages& shared) {
          int const rank = gpu::thread_rank();
          gpu::copy_async(shared.a[rank], from.piece(rank));
          gpu::copy_async(shared.b[rank], from.x + 100 + rank);
          if (rank < 4)
            gpu::copy_async(shared.c[rank], reinterpret_cast<double const*>(from.x) + rank);
          gpu::commit_copies();
          gpu::wait_copies<0>();
          gpu::sync_block();
          four const other = shared.a[63 - rank];
          for (int k = 0; k < 4; ++k) CHECK(other[k] == static_cast<float>((63 - rank) * 4 + k));
          CHECK(shared.b[(rank + 1) % 64] == static_cast<float>(100 + (rank + 1) % 64));
        }) == "");
}

TEST_CASE("bytes beyond the valid ones are zero, and not read") {
  numbers const from;
  CHECK(fault_of<stages>(3, from.memory, [&](stages& shared) {
          int const rank = gpu::thread_rank();
          // The last piece of x is cut; one beyond it is empty.
          four const* const at = rank == 0 ? from.piece(127) : from.piece(rank == 1 ? 127 : 128);
          gpu::copy_async(shared.a[rank], at, rank == 0 ? 16 : rank == 1 ? 8 : 0);
          gpu::commit_copies();
          gpu::wait_copies<0>();
          four const mine = shared.a[rank];
          for (int k = 0; k < 4; ++k)
            CHECK(mine[k] ==
                  (rank == 0 || (rank == 1 && k < 2) ? static_cast<float>(508 + k) : 0.f));
        }) == "");
}

TEST_CASE("a pipeline of two stages: the older group is there while the younger is on its way") {
  numbers const from;
  CHECK(fault_of<stages>(32, from.memory, [&](stages& shared) {
          int const rank = gpu::thread_rank();
          gpu::copy_async(shared.a[rank], from.piece(rank));
          gpu::commit_copies();
          for (int step = 1; step < 4; ++step) {
            gpu::copy_async(shared.a[step % 2 * 32 + rank], from.piece(step * 32 + rank));
            gpu::commit_copies();
            gpu::wait_copies<1>();
            gpu::sync_warp();
            four const other = shared.a[(step - 1) % 2 * 32 + 31 - rank];
            CHECK(other[0] == static_cast<float>(((step - 1) * 32 + 31 - rank) * 4));
            gpu::sync_warp();
          }
          gpu::wait_copies<0>();
        }) == "");
}

TEST_CASE("fault: read before the wait, by another thread without a barrier, a target twice") {
  numbers const from;
  auto const early = [&](stages& shared) {
    gpu::copy_async(shared.b[gpu::thread_rank()], from.x);
    gpu::commit_copies();
    [[maybe_unused]] float const seen = shared.b[gpu::thread_rank()];
  };
  CHECK(holds(fault_of<stages>(8, from.memory, early), "[DS-EMULATED-SHARED-COPY] probe: thread 0",
              "reads 4 bytes at byte 1024", "a copy of thread 0 is on its way"));
  auto const one_group_early = [&](stages& shared) {
    gpu::copy_async(shared.b[gpu::thread_rank()], from.x);
    gpu::commit_copies();
    gpu::wait_copies<1>();
    [[maybe_unused]] float const seen = shared.b[gpu::thread_rank()];
  };
  CHECK(holds(fault_of<stages>(8, from.memory, one_group_early), "[DS-EMULATED-SHARED-COPY]"));
  auto const not_committed = [&](stages& shared) {
    gpu::copy_async(shared.b[gpu::thread_rank()], from.x);
    gpu::wait_copies<0>();
    [[maybe_unused]] float const seen = shared.b[gpu::thread_rank()];
  };
  CHECK(holds(fault_of<stages>(8, from.memory, not_committed), "[DS-EMULATED-SHARED-COPY]"));
  auto const no_barrier = [&](stages& shared) {
    gpu::copy_async(shared.b[gpu::thread_rank()], from.x);
    gpu::commit_copies();
    gpu::wait_copies<0>();
    if (gpu::thread_rank() == 3) [[maybe_unused]]
      float const seen = shared.b[1];
  };
  CHECK(holds(fault_of<stages>(8, from.memory, no_barrier),
              "[DS-EMULATED-SHARED-RACE] probe: thread 3", "thread 1 wrote"));
  auto const twice = [&](stages& shared) { gpu::copy_async(shared.b[0], from.x); };
  CHECK(holds(fault_of<stages>(2, from.memory, twice), "[DS-EMULATED-SHARED-COPY] probe: thread 1",
              "copies 4 bytes", "a copy of thread 0"));
  auto const outside = [&](stages& shared) { gpu::copy_async(shared.a[0], from.piece(128)); };
  CHECK(holds(fault_of<stages>(1, from.memory, outside), "[DS-EMULATED-GLOBAL]",
              "at byte 2048 of x"));
}
