// SPDX-License-Identifier: Apache-2.0
/// @file Bulk copies: there when the phase of their mbarrier ends; and each mistake that a GPU would pass
/// over in silence.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/bulk_copy.hpp>
#include <deepseek/arch/gpu/cluster.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <thread>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::bf16;
using deepseek::f16;
using deepseek::test::fault_of;
using deepseek::test::fault_of_cluster;
using deepseek::test::holds;
using deepseek::test::run_block;

namespace {

struct stages {
  alignas(16) gpu::shared_array<float, 128> a;
  gpu::mbarrier full;
  alignas(16) gpu::shared_array<float, 64> b;
};

struct numbers {
  alignas(16) float x[256];
  alignas(16) float y[256] = {};
  deepseek::arch::emulated::global_memory memory;
  numbers() {
    for (int i = 0; i < 256; ++i) x[i] = static_cast<float>(i);
    memory.add({x, sizeof x, false, "x"});
    memory.add({y, sizeof y, true, "y"});
  }
};

/// The mbarrier for one arrival, made by thread 0 and seen by the block and the copy engine.
void make(stages& shared) {
  if (gpu::thread_rank() == 0) {
    gpu::init(shared.full, 1);
    gpu::fence_async();
  }
  gpu::sync_block();
}
bool first() { return gpu::thread_rank() == 0; }

}  // namespace

TEST_CASE("a load: one thread starts it, all that wait for the phase see it") {
  numbers n;
  CHECK(fault_of<stages>(64, n.memory, [&](stages& shared) {
          make(shared);
          for (int round = 0; round < 3; ++round) {
            if (first()) {
              gpu::arrive(shared.full, 128 * 4);
              gpu::load_bulk(shared.a[0], n.x + 16 * round, 64, shared.full);
              gpu::load_bulk(shared.a[64], n.x + 100, 64, shared.full);
            }
            gpu::wait(shared.full, round % 2);
            int const rank = gpu::thread_rank();
            CHECK(shared.a[rank] == static_cast<float>(16 * round + rank));
            CHECK(shared.a[64 + rank] == static_cast<float>(100 + rank));
            gpu::sync_block();  // read, before it is written again
          }
        }) == "");
}

TEST_CASE("a store: fenced, in a group, its source written again after it was read") {
  numbers n;
  CHECK(fault_of<stages>(64, n.memory, [&](stages& shared) {
          int const rank = gpu::thread_rank();
          for (int round = 0; round < 2; ++round) {
            shared.a[rank] = static_cast<float>(round * 1000 + rank);
            gpu::fence_async();
            gpu::sync_block();
            if (first()) {
              gpu::store_bulk(n.y + 64 * round, shared.a[0], 64);
              gpu::commit_bulk();
              gpu::wait_bulk_read<0>();
            }
            gpu::sync_block();
          }
        }) == "");
  for (int i = 0; i < 128; ++i) CHECK(n.y[i] == static_cast<float>(i / 64 * 1000 + i % 64));
  CHECK(n.y[128] == 0.f);
}

TEST_CASE("two stages of stores: the older group is done while the younger is read") {
  numbers n;
  CHECK(fault_of<stages>(32, n.memory, [&](stages& shared) {
          int const lane = gpu::thread_rank();
          for (int round = 0; round < 4; ++round) {
            int const at = round % 2 * 32;
            shared.a[at + lane] = static_cast<float>(round);
            gpu::fence_async();
            gpu::sync_block();
            if (first()) {
              gpu::store_bulk(n.y + 32 * round, shared.a[at], 32);
              gpu::commit_bulk();
              if (round < 3) gpu::wait_bulk_read<1>();
              else gpu::wait_bulk<0>();
            }
            gpu::sync_block();
          }
        }) == "");
  for (int i = 0; i < 128; ++i) CHECK(n.y[i] == static_cast<float>(i / 32));
}

TEST_CASE("what a load brought a store may take without a fence") {
  numbers n;
  CHECK(fault_of<stages>(1, n.memory, [&](stages& shared) {
          make(shared);
          gpu::arrive(shared.full, 512);
          gpu::load_bulk(shared.a[0], n.x, 128, shared.full);
          gpu::wait(shared.full, 0);
          gpu::store_bulk(n.y + 4, shared.a[0], 128);
          gpu::commit_bulk();
          gpu::wait_bulk<0>();
        }) == "");
  CHECK(n.y[3] == 0.f);
  for (int i = 0; i < 128; ++i) CHECK(n.y[4 + i] == static_cast<float>(i));
}

TEST_CASE_TEMPLATE("add_bulk: adds to what is there", T, float, double, f16, bf16, std::int32_t,
                   std::uint32_t, std::uint64_t) {
  struct plan {
    alignas(16) gpu::shared_array<T, 16> part;
  };
  alignas(16) T sum[16];
  for (int i = 0; i < 16; ++i) sum[i] = static_cast<T>(i);
  deepseek::arch::emulated::global_memory memory;
  memory.add({sum, sizeof sum, true, "sum"});
  auto const blocks = [&] {
    for (int b = 0; b < 4; ++b)
      run_block<plan>(16, memory, [&](plan& shared) {
        int const rank = gpu::thread_rank();
        shared.part[rank] = static_cast<T>(10 + rank % 3);
        gpu::fence_async();
        gpu::sync_block();
        if (rank == 0) {
          gpu::add_bulk(sum, shared.part[0], 16);
          gpu::commit_bulk();
          gpu::wait_bulk_read<0>();
        }
      });
  };
  std::thread other{blocks};  // blocks run at the same time
  blocks();
  other.join();
  for (int i = 0; i < 16; ++i)
    CHECK(static_cast<double>(sum[i]) == static_cast<double>(i + 8 * (10 + i % 3)));
}

TEST_CASE("sums round to nearest: f16 and bf16") {
  struct plan {
    alignas(16) gpu::shared_array<f16, 8> half;
    alignas(16) gpu::shared_array<bf16, 8> brain;
  };
  alignas(16) f16 half[8];
  alignas(16) bf16 brain[8];
  for (int i = 0; i < 8; ++i) {
    half[i] = f16{2048.f + 2.f * static_cast<float>(i % 2)};
    brain[i] = bf16{256.f + 2.f * static_cast<float>(i % 2)};
  }
  deepseek::arch::emulated::global_memory memory;
  memory.add({half, sizeof half, true, "half"});
  memory.add({brain, sizeof brain, true, "brain"});
  run_block<plan>(1, memory, [&](plan& shared) {
    for (int i = 0; i < 8; ++i) {
      shared.half[i] = f16{1.f};
      shared.brain[i] = bf16{1.f};
    }
    gpu::fence_async();
    gpu::add_bulk(half, shared.half[0], 8);
    gpu::add_bulk(brain, shared.brain[0], 8);
    gpu::commit_bulk();
    gpu::wait_bulk<0>();
  });
  // Half-way between neighbours 2 apart: to the one whose last bit is 0.
  CHECK(static_cast<float>(half[0]) == 2048.f);
  CHECK(static_cast<float>(half[1]) == 2052.f);
  CHECK(static_cast<float>(brain[0]) == 256.f);
  CHECK(static_cast<float>(brain[1]) == 260.f);
}

TEST_CASE("a load to several blocks of a cluster: each one's barrier gets the bytes") {
  numbers n;
  CHECK(fault_of_cluster<stages>(4, 32, n.memory, [&](stages& shared) {
          if (first()) {
            gpu::init(shared.full, 1);
            gpu::fence_async();
          }
          gpu::sync_cluster();
          int const rank = gpu::cluster_rank();
          if (first() && rank != 2) gpu::arrive(shared.full, 256);
          if (first() && rank == 1)
            gpu::load_bulk(shared.a[0], n.x + 32, 64, shared.full, std::uint16_t{0b1011});
          if (rank != 2) {
            gpu::wait(shared.full, 0);
            CHECK(shared.a[gpu::thread_rank()] == static_cast<float>(32 + gpu::thread_rank()));
          }
          gpu::sync_cluster();
        }) == "");
  auto const outside = [&](stages& shared) {
    make(shared);
    gpu::sync_cluster();
    gpu::load_bulk(shared.a[0], n.x, 64, shared.full, std::uint16_t{0b100});
  };
  CHECK(holds(fault_of_cluster<stages>(2, 1, n.memory, outside),
              "[DS-EMULATED-BULK] probe: thread 0", "the blocks of mask 4, in a cluster of 2"));
  auto const early = [&](stages& shared) {
    make(shared);
    gpu::load_bulk(shared.a[0], n.x, 64, shared.full, std::uint16_t{0b11});
  };
  CHECK(holds(fault_of_cluster<stages>(2, 1, n.memory, early), "[DS-EMULATED-SHARED-UNDEFINED]",
              "signals 8 bytes at byte 512 of shared memory of block (1, 0, 0)"));
}

TEST_CASE("fault: sizes and addresses that are no multiples of 16, outside") {
  numbers n;
  auto const load = [&](int to, int from, int count) {
    return fault_of<stages>(1, n.memory, [&](stages& shared) {
      make(shared);
      gpu::load_bulk(shared.a[to], n.x + from, count, shared.full);
    });
  };
  CHECK(holds(load(0, 0, 3), "[DS-EMULATED-BULK] probe: thread 0", "copies 12 bytes at once"));
  CHECK(holds(load(0, 0, 0), "[DS-EMULATED-BULK]", "copies 0 bytes at once"));
  CHECK(holds(load(0, 1, 4), "[DS-EMULATED-BULK]", "copies 16 bytes from an address that is not"));
  CHECK(holds(load(2, 0, 8), "[DS-EMULATED-SHARED-ALIGN]",
              "loads 32 bytes at byte 8 of shared memory", "not a multiple of 16"));
  CHECK(holds(load(0, 128, 132), "[DS-EMULATED-GLOBAL]",
              "reads 528 bytes at byte 512 of x, which has 1024"));
  CHECK(holds(load(64, 0, 256), "[DS-EMULATED-SHARED-RANGE]", "loads 1024 bytes at byte 256",
              "which has"));
  auto const store = [&](float* to, int from, int count) {
    return fault_of<stages>(1, n.memory, [&](stages& shared) {
      for (int i = 0; i < 128; ++i) shared.a[i] = 1.f;
      gpu::fence_async();
      gpu::store_bulk(to, shared.a[from], count);
      gpu::commit_bulk();
      gpu::wait_bulk<0>();
    });
  };
  CHECK(store(n.y, 0, 128) == "");
  CHECK(holds(store(n.y + 2, 0, 8), "[DS-EMULATED-BULK]",
              "copies 32 bytes to an address that is not"));
  CHECK(holds(store(n.y, 1, 8), "[DS-EMULATED-SHARED-ALIGN]", "stores 32 bytes at byte 4"));
  CHECK(holds(store(n.x, 0, 8), "[DS-EMULATED-GLOBAL]",
              "writes 32 bytes at byte 0 of x, which is only to be read"));
  CHECK(holds(store(n.y + 248, 0, 12), "[DS-EMULATED-GLOBAL]", "at byte 992 of y, which has 1024"));
}

TEST_CASE(
    "fault: the target of a load read, or loaded again, before its phase has ended for the "
    "reader") {
  numbers n;
  auto const early = [&](stages& shared) {
    make(shared);
    if (first()) {
      gpu::arrive(shared.full, 256);
      gpu::load_bulk(shared.a[0], n.x, 64, shared.full);
    }
    gpu::sync_block();  // is no wait
    [[maybe_unused]] float const seen = shared.a[gpu::thread_rank()];
  };
  CHECK(holds(fault_of<stages>(32, n.memory, early), "[DS-EMULATED-SHARED-COPY] probe: thread",
              "reads 4 bytes at byte", "a bulk copy is on its way to",
              "Fix: wait() for the phase of its mbarrier"));
  auto const twice = [&](stages& shared) {
    make(shared);
    gpu::arrive(shared.full, 512);
    gpu::load_bulk(shared.a[0], n.x, 64, shared.full);
    gpu::load_bulk(shared.a[32], n.x, 64, shared.full);
  };
  CHECK(holds(fault_of<stages>(1, n.memory, twice), "[DS-EMULATED-SHARED-COPY]",
              "loads 256 bytes at byte 128", "a bulk copy is on its way to"));
  auto const before_readers =
      [&](stages& shared) {  // the next load, with nobody's word that it may
        make(shared);
        if (first()) {
          gpu::arrive(shared.full, 128);
          gpu::load_bulk(shared.a[0], n.x, 32, shared.full);
        }
        gpu::wait(shared.full, 0);
        [[maybe_unused]] float const seen = shared.a[gpu::thread_rank() % 32];
        if (gpu::thread_rank() == 63) gpu::load_bulk(shared.a[0], n.x, 32, shared.full);
      };
  CHECK(holds(fault_of<stages>(64, n.memory, before_readers),
              "[DS-EMULATED-SHARED-RACE] probe: thread 63", "loads 128 bytes at byte 0",
              "read, with no barrier"));
  auto const missing = [&](stages& shared) {
    make(shared);
    if (first()) {
      gpu::arrive(shared.full, 256);
      gpu::load_bulk(shared.a[0], n.x, 32, shared.full);
    }
    gpu::wait(shared.full, 0);
  };
  CHECK(holds(fault_of<stages>(32, n.memory, missing), "[DS-EMULATED-DEADLOCK]",
              "lacks 0 arrivals and 128 bytes"));
  auto const never_waited = [&](stages& shared) {
    make(shared);
    gpu::arrive(shared.full, 128);
    gpu::load_bulk(shared.a[0], n.x, 32, shared.full);
  };
  CHECK(holds(fault_of<stages>(1, n.memory, never_waited), "[DS-EMULATED-CLUSTER] probe: thread 0",
              "by a bulk copy or a product, which nobody waits for before the block ends"));
}

TEST_CASE("fault: the source of a store written again before it was read, or gone with the block") {
  numbers n;
  auto const again = [&](bool commits, bool waits) {
    return fault_of<stages>(32, n.memory, [&](stages& shared) {
      shared.a[gpu::thread_rank()] = 1.f;
      gpu::fence_async();
      gpu::sync_block();
      if (first()) {
        gpu::store_bulk(n.y, shared.a[0], 32);
        if (commits) gpu::commit_bulk();
        if (waits) gpu::wait_bulk_read<0>();
      }
      gpu::sync_block();
      shared.a[gpu::thread_rank()] = 2.f;
    });
  };
  CHECK(again(true, true) == "");
  CHECK(holds(again(true, false), "[DS-EMULATED-SHARED-COPY] probe: thread",
              "writes 4 bytes at byte", "that a bulk copy or a product reads",
              "Fix: wait_bulk_read()"));
  CHECK(holds(again(false, true), "[DS-EMULATED-SHARED-COPY]",
              "that a bulk copy or a product reads"));
  auto const gone = [&](stages& shared) {
    shared.a[gpu::thread_rank()] = 1.f;
    gpu::fence_async();
    gpu::sync_block();
    if (first()) gpu::store_bulk(n.y, shared.a[0], 32);
  };
  CHECK(holds(fault_of<stages>(32, n.memory, gone), "[DS-EMULATED-CLUSTER] probe: thread 0",
              "nobody waits for before the block ends"));
  auto const undefined = [&](stages& shared) { gpu::store_bulk(n.y, shared.a[0], 4); };
  CHECK(holds(fault_of<stages>(1, n.memory, undefined), "[DS-EMULATED-SHARED-UNDEFINED]",
              "stores 16 bytes at byte 0"));
  auto const unordered = [&](stages& shared) {
    shared.a[gpu::thread_rank()] = 1.f;
    gpu::fence_async();
    if (gpu::thread_rank() == 31) gpu::store_bulk(n.y, shared.a[0], 32);
  };
  CHECK(holds(fault_of<stages>(32, n.memory, unordered),
              "[DS-EMULATED-SHARED-RACE] probe: thread 31", "stores 128 bytes at byte 0",
              "thread 0 wrote"));
}

TEST_CASE("fault: what threads wrote, with no fence on its way to the copy engine") {
  numbers n;
  auto const store = [&](bool before, bool after, bool between_barriers) {
    return fault_of<stages>(32, n.memory, [&](stages& shared) {
      shared.a[gpu::thread_rank()] = 1.f;
      if (before) gpu::fence_async();
      gpu::sync_block();
      if (between_barriers && gpu::thread_rank() == 9) gpu::fence_async();
      if (between_barriers) gpu::sync_block();
      if (first()) {
        if (after) gpu::fence_async();
        gpu::store_bulk(n.y, shared.a[0], 32);
        gpu::commit_bulk();
        gpu::wait_bulk<0>();
      }
    });
  };
  CHECK(store(true, false, false) == "");
  CHECK(store(false, true, false) == "");  // a fence anywhere on the way
  CHECK(store(false, false, true) == "");
  CHECK(holds(store(false, false, false), "[DS-EMULATED-FENCE] probe: thread 0",
              "stores 128 bytes at byte 0 of shared memory that thread 0 wrote",
              "no fence_async() between. Fix: fence_async() by the threads that write"));
  auto const too_early = [&](stages& shared) {
    gpu::fence_async();
    shared.a[gpu::thread_rank()] = 1.f;
    gpu::sync_block();
    if (first()) gpu::store_bulk(n.y, shared.a[0], 32);
  };
  CHECK(holds(fault_of<stages>(32, n.memory, too_early), "[DS-EMULATED-FENCE]"));
  auto const one_forgot = [&](stages& shared) {
    shared.a[gpu::thread_rank()] = 1.f;
    if (gpu::thread_rank() != 17) gpu::fence_async();
    gpu::sync_block();
    if (first()) gpu::store_bulk(n.y, shared.a[0], 32);
  };
  CHECK(holds(fault_of<stages>(32, n.memory, one_forgot), "[DS-EMULATED-FENCE]",
              "at byte 68 of shared memory that thread 17 wrote"));
  auto const load_over = [&](stages& shared) {
    make(shared);
    shared.a[gpu::thread_rank()] = 0.f;
    gpu::sync_block();
    if (first()) gpu::load_bulk(shared.a[0], n.x, 32, shared.full);
  };
  CHECK(holds(fault_of<stages>(32, n.memory, load_over), "[DS-EMULATED-FENCE]", "loads 128 bytes"));
  auto const barrier = [&](stages& shared) {
    if (first()) gpu::init(shared.full, 1);
    gpu::sync_block();
    if (first()) gpu::load_bulk(shared.a[0], n.x, 32, shared.full);
  };
  CHECK(holds(fault_of<stages>(32, n.memory, barrier), "[DS-EMULATED-FENCE]",
              "signals 8 bytes at byte 512 of shared memory that thread 0 wrote"));
}

TEST_CASE("fault: more bytes than a phase can count") {
  numbers n;
  auto const many = [](stages& shared) {
    make(shared);
    gpu::arrive(shared.full, 1 << 20);
  };
  CHECK(holds(fault_of<stages>(1, n.memory, many), "[DS-EMULATED-MBARRIER]",
              "to 1048576 missing bytes. Fix: at most 1048575"));
}
