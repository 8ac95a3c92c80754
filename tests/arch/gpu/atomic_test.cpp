// SPDX-License-Identifier: Apache-2.0
/// @file Atomics: no change is lost, between the threads of a block and between blocks that run at once.
#include <deepseek/arch/gpu/atomic.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/thread.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;
using deepseek::test::run_block;

namespace {
struct counters {
  gpu::shared_array<std::uint32_t, 10> bin;
  gpu::shared_value<float> sum;
};
}  // namespace

TEST_CASE("a histogram in shared memory: every thread counts, nothing is lost") {
  std::vector<std::uint32_t> found(10);
  run_block<counters>(256, [&](counters& shared) {
    int const rank = gpu::thread_rank();
    if (rank < 10) shared.bin[rank] = 0;
    if (rank == 0) shared.sum = 0.f;
    gpu::sync_block();
    gpu::atomic_add(shared.bin[rank % 10], 1u);
    gpu::atomic_add(shared.sum.one[0], 0.5f);
    gpu::sync_block();
    if (rank < 10) found[static_cast<std::size_t>(rank)] = shared.bin[rank];
    if (rank == 10) CHECK(shared.sum == 128.f);
  });
  for (int i = 0; i < 10; ++i) CHECK(found[static_cast<std::size_t>(i)] == (i < 6 ? 26u : 25u));
}

TEST_CASE_TEMPLATE("global memory: sums, extremes, exchange; each tells what was there", T,
                   std::int32_t, std::uint32_t, std::int64_t, std::uint64_t) {
  T sum = 0, most = 0, least = 1000, last = 77;
  deepseek::arch::emulated::global_memory memory;
  for (T* p : {&sum, &most, &least, &last}) memory.add({p, sizeof(T), true, "cell"});
  T sum_of_old = 0;
  run_block(100, memory, [&](auto&) {
    T const rank = static_cast<T>(gpu::thread_rank());
    CHECK(gpu::atomic_add(&sum, rank) == rank * (rank - 1) / 2);  // threads take turns
    gpu::atomic_max(&most, (rank * 37) % 100);
    gpu::atomic_min(&least, (rank * 37) % 100 + 1);
    sum_of_old += gpu::atomic_exchange(&last, rank);
  });
  CHECK(sum == 4950);
  CHECK(most == 99);
  CHECK(least == 1);
  CHECK(last == 99);
  CHECK(sum_of_old == 77 + 4950 - 99);
}

TEST_CASE("integers wrap around") {
  std::int32_t signed_cell = 2147483647;
  std::uint64_t unsigned_cell = ~std::uint64_t{0};
  deepseek::arch::emulated::global_memory memory;
  memory.add({&signed_cell, 4, true, "a"});
  memory.add({&unsigned_cell, 8, true, "b"});
  run_block(1, memory, [&](auto&) {
    gpu::atomic_add(&signed_cell, 1);
    gpu::atomic_add(&unsigned_cell, 2u);
  });
  CHECK(signed_cell == -2147483647 - 1);
  CHECK(unsigned_cell == 1);
}

TEST_CASE("blocks that run at the same time on two threads of this machine") {
  std::uint64_t count = 0;
  double sum = 0;
  deepseek::arch::emulated::global_memory memory;
  memory.add({&count, sizeof count, true, "count"});
  memory.add({&sum, sizeof sum, true, "sum"});
  auto const blocks = [&] {
    for (int b = 0; b < 20; ++b)
      run_block(64, memory, [&](auto&) {
        gpu::atomic_add(&count, 1u);
        gpu::atomic_add(&sum, 0.25);
      });
  };
  std::thread other{blocks};
  blocks();
  other.join();
  CHECK(count == 2 * 20 * 64);
  CHECK(sum == 2 * 20 * 64 * 0.25);
}

TEST_CASE("fault: an atomic where nobody has written, beside a plain write, outside") {
  auto const undefined = [](counters& shared) { gpu::atomic_add(shared.bin[0], 1u); };
  CHECK(holds(fault_of<counters>(32, undefined), "[DS-EMULATED-SHARED-UNDEFINED] probe: thread 0",
              "changes 4 bytes"));
  auto const beside = [](counters& shared) {
    if (gpu::thread_rank() == 0) shared.bin[0] = 0;
    gpu::sync_block();
    if (gpu::thread_rank() < 8) gpu::atomic_add(shared.bin[0], 1u);
    else if (gpu::thread_rank() == 8) shared.bin[0] = 5;
  };
  CHECK(holds(fault_of<counters>(32, beside), "[DS-EMULATED-SHARED-RACE]"));
  std::int32_t cell = 0;
  deepseek::arch::emulated::global_memory memory;
  memory.add({&cell, 4, false, "a constant"});
  CHECK(holds(fault_of(1, memory, [&](auto&) { gpu::atomic_add(&cell, 1); }),
              "[DS-EMULATED-GLOBAL]", "a constant, which is only to be read"));
}
