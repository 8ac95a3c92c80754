// SPDX-License-Identifier: Apache-2.0
/// @file Pipelines as kernels have them: a producer whose tensor copies fill stages, consumers that empty
/// them, in one block and across the blocks of a cluster; and each step that one may forget.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/arch/gpu/registers.hpp>
#include <deepseek/arch/gpu/tensor_copy.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/gpu/warp.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::fault_of_cluster;
using deepseek::test::holds;
using gpu::tensor_point;

namespace {

constexpr int stages = 2;
constexpr int steps = 7;
constexpr int box_elements = 32 * 8;
constexpr int box_bytes = box_elements * 4;

struct plan {
  alignas(1024) gpu::shared_array<float, stages * box_elements> stage;
  gpu::mbarrier full[stages];
  gpu::mbarrier empty[stages];
  alignas(16) gpu::shared_array<float, 32> sums;
};

/// A tensor of 32 columns and 8 rows for each step and block; whole numbers, so that sums are exact.
struct matrix {
  alignas(128) float x[32 * 8 * steps * 2];
  float sum[32] = {};  ///< of each column
  alignas(16) float y[64] = {};
  gpu::tensor_map map;
  deepseek::arch::emulated::global_memory memory;

  explicit matrix(int boxes = steps) {
    gpu::tensor_description t;
    t.base = x;
    t.element = gpu::tensor_element::f32;
    t.rank = 2;
    t.extent[0] = 32;
    t.extent[1] = static_cast<std::uint64_t>(8 * boxes);
    t.stride_bytes[0] = 128;
    t.box[0] = 32;
    t.box[1] = 8;
    t.pattern = gpu::swizzle::bytes_128;
    map = gpu::described(t);
    for (int i = 0; i < 32 * 8 * boxes; ++i) {
      x[i] = static_cast<float>(i * 7 % 23);
      sum[i % 32] += x[i];
    }
    memory.add({x, sizeof x, false, "x"});
    memory.add({y, sizeof y, true, "y"});
  }
};

/// What a step may forget.
enum class forgets {
  nothing,
  wait_empty,
  wait_full,
  arrive_empty,
  fence_init,
  fence_store,
  announce
};

/// Column `column` of a stage: element r is at row r, its chunk in another place.
float column_sum(plan& shared, int s, int column) {
  float sum = 0;
  for (int row = 0; row < 8; ++row) {
    auto const at =
        gpu::swizzled(gpu::swizzle::bytes_128, static_cast<std::uint32_t>(row * 128 + column * 4));
    sum += shared.stage[s * box_elements + static_cast<int>(at) / 4];
  }
  return sum;
}
void make_barriers(plan& shared, int producers, int consumers, forgets what) {
  if (gpu::thread_rank() == 0) {
    for (int s = 0; s < stages; ++s) {
      gpu::init(shared.full[s], producers);
      gpu::init(shared.empty[s], consumers);
    }
    if (what != forgets::fence_init) gpu::fence_async();
  }
  gpu::sync_cluster();
}

/// One warp produces, another adds up the columns and stores them.
void pipeline(plan& shared, matrix& m, forgets what) {
  make_barriers(shared, 1, 32, what);
  int const lane = gpu::lane_rank();
  if (gpu::warp_rank() == 0) {
    if (!gpu::elect_one()) return;
    for (int step = 0; step < steps; ++step) {
      int const s = step % stages;
      if (what != forgets::wait_empty) gpu::wait(shared.empty[s], (step / stages + 1) % 2);
      gpu::arrive(shared.full[s], what == forgets::announce ? box_bytes / 2 : box_bytes);
      gpu::load_tensor(shared.stage[s * box_elements], m.map, tensor_point{0, step * 8},
                       shared.full[s]);
    }
    return;
  }
  float sum = 0;
  for (int step = 0; step < steps; ++step) {
    int const s = step % stages;
    if (what != forgets::wait_full) gpu::wait(shared.full[s], step / stages % 2);
    sum += column_sum(shared, s, lane);
    if (what != forgets::arrive_empty) gpu::arrive(shared.empty[s]);
  }
  shared.sums[lane] = sum;
  if (what != forgets::fence_store) gpu::fence_async();
  gpu::sync_warp();
  if (gpu::elect_one()) {
    gpu::store_bulk(m.y, shared.sums[0], 32);
    gpu::commit_bulk();
    gpu::wait_bulk_read<0>();
  }
}
std::string forgetting(forgets what) {
  matrix m;
  return fault_of<plan>(64, m.memory, [&](plan& shared) { pipeline(shared, m, what); });
}

}  // namespace

TEST_CASE("a pipeline of two stages in one block, with swizzle") {
  matrix m;
  CHECK(fault_of<plan>(64, m.memory,
                       [&](plan& shared) { pipeline(shared, m, forgets::nothing); }) == "");
  for (int c = 0; c < 32; ++c) CHECK(m.y[c] == m.sum[c]);
}

TEST_CASE("fault: each step that a pipeline needs, forgotten") {
  CHECK(holds(forgetting(forgets::wait_empty), "[DS-EMULATED-SHARED-COPY] probe: thread 31",
              "loads 1024 bytes at byte 0", "a bulk copy is on its way to"));
  // The consumer, whose turn comes first, finds nothing there yet.
  CHECK(holds(forgetting(forgets::wait_full), "[DS-EMULATED-SHARED-UNDEFINED] probe: thread 63",
              "reads 4 bytes at byte 124"));
  CHECK(holds(forgetting(forgets::arrive_empty), "[DS-EMULATED-DEADLOCK]",
              "thread 31 for the end of parity 0", "lacks 32 arrivals and 0 bytes"));
  CHECK(holds(forgetting(forgets::fence_init), "[DS-EMULATED-FENCE] probe: thread 31",
              "signals 8 bytes", "thread 0 wrote"));
  CHECK(holds(forgetting(forgets::fence_store), "[DS-EMULATED-FENCE] probe: thread 63",
              "stores 128 bytes", "thread 32 wrote"));
  CHECK(holds(forgetting(forgets::announce), "[DS-EMULATED-DEADLOCK]", "lacks", "and -512 bytes"));
}

namespace {

/// Two blocks, each loads every second box for both: a stage is empty once consumers of both say so.
void cluster_pipeline(plan& shared, matrix& m, bool both_say_so, bool end_together) {
  make_barriers(shared, 1, both_say_so ? 2 * 32 : 32, forgets::nothing);
  int const rank = gpu::cluster_rank();
  int const lane = gpu::lane_rank();
  if (gpu::warp_rank() == 0 && gpu::elect_one()) {
    for (int step = 0; step < steps; ++step) {
      int const s = step % stages;
      // The barrier of full is in both blocks: each announces its own bytes, once its stage is empty.
      gpu::wait(shared.empty[s], (step / stages + 1) % 2);
      gpu::arrive(shared.full[s], box_bytes);
      if (step % 2 == rank)
        gpu::load_tensor(shared.stage[s * box_elements], m.map, tensor_point{0, step * 8},
                         shared.full[s], std::uint16_t{0b11});
    }
  }
  if (gpu::warp_rank() == 1) {
    float sum = 0;
    for (int step = 0; step < steps; ++step) {
      int const s = step % stages;
      gpu::wait(shared.full[s], step / stages % 2);
      sum += column_sum(shared, s, lane);
      for (int block = 0; block < 2; ++block)
        if (block == rank || both_say_so)
          gpu::arrive_having_read(gpu::in_block(shared.empty[s], block));
    }
    m.y[rank * 32 + lane] = sum;
  }
  if (end_together) gpu::sync_cluster();
}

}  // namespace

TEST_CASE("a pipeline of a cluster: every box is loaded once, to both blocks") {
  matrix m;
  CHECK(fault_of_cluster<plan>(
            2, 64, m.memory, [&](plan& shared) { cluster_pipeline(shared, m, true, true); }) == "");
  for (int c = 0; c < 64; ++c) CHECK(m.y[c] == m.sum[c % 32]);
}

TEST_CASE("fault: a block of the cluster that ends before others have arrived at its barriers") {
  matrix m;
  CHECK(holds(fault_of_cluster<plan>(
                  2, 64, m.memory, [&](plan& shared) { cluster_pipeline(shared, m, true, false); }),
              "[DS-EMULATED-CLUSTER] probe: thread", "uses shared memory of block (",
              "ended. Fix: sync_cluster() after the last access"));
}

TEST_CASE("fault: a stage loaded again that the other block may still read") {
  matrix m;
  auto const text = fault_of_cluster<plan>(
      2, 64, m.memory, [&](plan& shared) { cluster_pipeline(shared, m, false, true); });
  CHECK(holds(
      text,
      "[DS-EMULATED-SHARED-COPY] probe: thread 31 of block (0, 0, 0) loads 1024 bytes at byte 0 of "
      "shared memory of block (1, 0, 0)",
      "a bulk copy is on its way to"));
}
