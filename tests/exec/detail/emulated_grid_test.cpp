// SPDX-License-Identifier: Apache-2.0
/// @file Launches on the emulator: every block once, on any number of threads; the fault of the lowest block;
/// what blocks do to each other.
#include <deepseek/arch/gpu/async_copy.hpp>
#include <deepseek/arch/gpu/atomic.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/bulk_copy.hpp>
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/mbarrier.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/tile/block_reduce.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace gpu = deepseek::arch::gpu;
namespace kernel = deepseek::kernel;
using deepseek::arch::emulated::global_memory;
using deepseek::detail::run_emulated;

namespace {

/// A kernel of 32 threads a block that does what a function does.
template <class F, int Cluster = 1> struct probe_kernel {
  using shared_plan = kernel::no_shared;
  static constexpr int threads = 32;
  static constexpr int cluster = Cluster;
  static constexpr char const* name = "probe";
  F const* does;
  void run(shared_plan&) const { (*does)(); }
};
template <int Cluster = 1, class F>
void launch(gpu::grid_extent const& blocks, global_memory const& operands, F const& does,
            int threads = 4) {
  run_emulated(probe_kernel<F, Cluster>{&does}, blocks, operands, threads);
}
template <int Cluster = 1, class F>
std::string fault(gpu::grid_extent const& blocks, global_memory const& operands, F const& does,
                  int threads = 4) {
  try {
    launch<Cluster>(blocks, operands, does, threads);
  } catch (deepseek::kernel_fault const& f) {
    return f.what();
  }
  return "";
}
template <class T> global_memory one_operand(std::vector<T>& y) {
  global_memory operands;
  operands.add({y.data(), y.size() * sizeof(T), true, "y", int{sizeof(T)}});
  return operands;
}

/// y[b] = sum of the block's part of x.
struct block_sums {
  struct shared_plan {
    deepseek::tile::block_reduce_scratch<int, 4> scratch;
  };
  static constexpr int threads = 128;
  static constexpr char const* name = "block_sums";
  int const* x;
  int* y;
  void run(shared_plan& shared) const {
    int const block = gpu::block_index().x;
    int const sum = deepseek::tile::block_reduce(
        gpu::load(x + block * threads + gpu::thread_rank()), [](int a, int b) { return a + b; },
        shared.scratch);
    if (gpu::thread_rank() == 0) gpu::store(y + block, sum);
  }
};

}  // namespace

TEST_CASE("each thread of each block runs once, on any number of threads of this machine") {
  for (int const threads : {1, 2, 5}) {
    std::vector<int> y(4 * 3 * 2 * 32, -1);
    launch(
        {4, 3, 2}, one_operand(y),
        [&y] {
          auto const b = gpu::block_index();
          REQUIRE(gpu::grid_blocks() == gpu::grid_extent{4, 3, 2});
          int const thread = ((b.z * 3 + b.y) * 4 + b.x) * 32 + gpu::thread_rank();
          gpu::store(&y[static_cast<std::size_t>(thread)], thread);
        },
        threads);
    for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == static_cast<int>(i));
  }
}

TEST_CASE("shared memory is the block's own") {
  std::vector<int> x(64 * 128);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<int>(i * 7 % 1000);
  std::vector<int> y(64, -1);
  global_memory operands = one_operand(y);
  operands.add({x.data(), x.size() * 4, false, "x", 4});
  run_emulated(block_sums{x.data(), y.data()}, {64, 1, 1}, operands, 3);
  for (std::size_t b = 0; b < 64; ++b) {
    int sum = 0;
    for (std::size_t i = 0; i < 128; ++i) sum += x[b * 128 + i];
    CHECK(y[b] == sum);
  }
}

TEST_CASE("a grid without blocks runs nothing; one that no GPU takes is an error") {
  std::vector<int> y(1, 5);
  launch({0, 1, 1}, one_operand(y), [&] { gpu::store(y.data(), 6); });
  CHECK(y[0] == 5);
  CHECK_THROWS_AS(launch({1, -1, 1}, one_operand(y), [] {}), deepseek::argument_error);
}

TEST_CASE("blocks of a cluster run together, and may read what the others wrote") {
  std::vector<int> y(8 * 32, -1);
  std::vector<int> seen(8, -1);
  global_memory operands = one_operand(y);
  operands.add({seen.data(), 8 * 4, true, "seen", 4});
  launch<4>({8, 1, 1}, operands, [&] {
    int const block = gpu::block_index().x;
    gpu::store(&y[static_cast<std::size_t>(block * 32 + gpu::thread_rank())], block);
    gpu::sync_cluster();
    int const other = block / 4 * 4 + (block + 1) % 4;
    if (gpu::thread_rank() == 0)
      gpu::store(&seen[static_cast<std::size_t>(block)],
                 gpu::load(&y[static_cast<std::size_t>(other * 32)]));
  });
  CHECK(seen == std::vector<int>{1, 2, 3, 0, 5, 6, 7, 4});
}

TEST_CASE("fault: of the lowest block, whichever ran first") {
  std::vector<int> y(64);
  for (int round = 0; round < 20; ++round) {
    std::string const text = fault(
        {64, 1, 1}, one_operand(y),
        [&] {
          int const block = gpu::block_index().x;
          if (block == 7 || block == 8 || block > 40) gpu::store(y.data() + 64 + block, 0);
        },
        1 + round % 4);
    CHECK(text ==
          "[DS-EMULATED-GLOBAL] probe: thread 0 of block (7, 0, 0) writes 4 bytes at byte 284 of "
          "y, which has 256.");
  }
}

TEST_CASE("what a kernel throws comes out, and the machine runs again") {
  std::vector<int> y(8);
  CHECK_THROWS_WITH_AS(launch({8, 1, 1}, one_operand(y),
                              [] {
                                if (gpu::block_index().x >= 3)
                                  throw std::runtime_error("by itself");
                              }),
                       "by itself", std::runtime_error);
  launch({8, 1, 1}, one_operand(y), [&] {
    if (gpu::thread_rank() == 0) gpu::store(&y[static_cast<std::size_t>(gpu::block_index().x)], 1);
  });
  CHECK(y == std::vector<int>(8, 1));
}

TEST_CASE("fault: two blocks write one element") {
  std::vector<int> y(16);
  for (int const threads : {1, 4})
    CHECK(fault(
              {9, 1, 1}, one_operand(y),
              [&] {
                int const block = gpu::block_index().x;
                if (block == 2 || block == 5 || block == 6) gpu::store(y.data() + 3, 1);
              },
              threads) ==
          "[DS-EMULATED-GRID] probe: block (2, 0, 0) writes 4 bytes at byte 12 of y, and block (6, "
          "0, 0) writes them. Fix: a launch for each, or atomics in both: nothing orders blocks.");
}

TEST_CASE("fault: a block reads what another one writes, of a grid with three axes") {
  std::vector<int> y(16);
  for (int const threads : {1, 4})
    CHECK(fault(
              {2, 2, 2}, one_operand(y),
              [&] {
                auto const b = gpu::block_index();
                if (b == gpu::grid_extent{1, 0, 1}) gpu::store(y.data() + 2, 1);
                if (b == gpu::grid_extent{0, 1, 0}) (void)gpu::load(y.data() + 2);
              },
              threads) ==
          "[DS-EMULATED-GRID] probe: block (1, 0, 1) writes 4 bytes at byte 8 of y, and block (0, "
          "1, 0) reads them. Fix: a launch for each, or atomics in both: nothing orders blocks.");
}

TEST_CASE("a block may read and write its own elements; all may read what none writes") {
  std::vector<int> y(16);
  CHECK(fault({8, 1, 1}, one_operand(y), [&] {
          auto* const own = y.data() + gpu::block_index().x;
          if (gpu::thread_rank() == 0) gpu::store(own, gpu::load(own) + gpu::load(y.data() + 15));
        }) == "");
  std::vector<unsigned char> bytes(8);
  CHECK(fault({8, 1, 1}, one_operand(bytes), [&] {
          auto* const own = bytes.data() + gpu::block_index().x;
          if (gpu::thread_rank() == 0) gpu::store(own, 3);
        }) == "");
}

TEST_CASE("atomics of blocks are no conflict; what else uses their elements is one") {
  std::vector<int> y(16);
  auto const count = [&] { gpu::atomic_add(y.data() + 4, 1); };
  CHECK(fault({40, 1, 1}, one_operand(y), count) == "");
  CHECK(y[4] == 40 * 32);
  CHECK(fault({4, 1, 1}, one_operand(y),
              [&] {
                count();
                if (gpu::block_index().x == 1) (void)gpu::load(y.data() + 4);
              }) ==
        "[DS-EMULATED-GRID] probe: block (0, 0, 0) changes 4 bytes at byte 16 of y, and block (1, "
        "0, 0) reads them. Fix: a launch for each, or atomics in both: nothing orders blocks.");
  CHECK(
      fault({4, 1, 1}, one_operand(y),
            [&] {
              if (gpu::block_index().x == 3) gpu::store(y.data() + 4, 0);
              else count();
            }) ==
      "[DS-EMULATED-GRID] probe: block (3, 0, 0) writes 4 bytes at byte 16 of y, and block (2, 0, "
      "0) changes them. Fix: a launch for each, or atomics in both: nothing orders blocks.");
}

TEST_CASE("fault: blocks of two clusters, which have no order either") {
  std::vector<int> y(16);
  CHECK(fault<2>({4, 1, 1}, one_operand(y),
                 [&] {
                   if (gpu::block_index().x == 1 || gpu::block_index().x == 3)
                     gpu::store(y.data(), 1);
                 }) ==
        "[DS-EMULATED-GRID] probe: the cluster of block (0, 0, 0) writes 4 bytes at byte 0 of y, "
        "and the cluster of block (2, 0, 0) writes them. Fix: a launch for each, or atomics in "
        "both: nothing orders blocks.");
}

namespace {

/// Each block adds the same 64 numbers by a bulk copy, and reads place `from` by another one.
struct bulk_sums {
  struct shared_plan {
    gpu::shared_array<float, 64> own;
    gpu::shared_array<float, 4> read;
    gpu::mbarrier arrived;
  };
  static constexpr int threads = 32;
  static constexpr char const* name = "bulk_sums";
  float* y;
  float const* from;
  void run(shared_plan& shared) const {
    int const thread = gpu::thread_rank();
    for (int i = thread; i < 64; i += threads) shared.own[i] = static_cast<float>(i);
    if (thread == 0) gpu::init(shared.arrived, 1);
    gpu::fence_async();
    gpu::sync_block();
    if (thread != 0) return;
    gpu::add_bulk(y, shared.own[0], 64);
    gpu::commit_bulk();
    gpu::arrive(shared.arrived, 16);
    gpu::load_bulk(shared.read[0], from, 4, shared.arrived);
    gpu::wait(shared.arrived, 0);
    gpu::wait_bulk<0>();
  }
};

}  // namespace

TEST_CASE("sums by bulk copies of many blocks at once; one that is read is a fault") {
  alignas(16) static float y[64];
  alignas(16) static float const x[4] = {};
  for (float& v : y) v = 0;
  global_memory operands;
  operands.add({y, sizeof y, true, "y", 4});
  operands.add({x, sizeof x, false, "x", 4});
  run_emulated(bulk_sums{y, x}, {200, 1, 1}, operands, 4);
  for (int i = 0; i < 64; ++i) CHECK(y[i] == 200.f * static_cast<float>(i));
  std::string text;
  try {
    run_emulated(bulk_sums{y, y + 8}, {3, 1, 1}, operands, 4);
  } catch (deepseek::kernel_fault const& f) {
    text = f.what();
  }
  CHECK(text ==
        "[DS-EMULATED-GRID] bulk_sums: block (0, 0, 0) changes 4 bytes at byte 32 of y, and block "
        "(2, 0, 0) reads them. Fix: a launch for each, or atomics in both: nothing orders blocks.");
}

namespace {

/// Block 1 copies asynchronously what block 0 writes.
struct copied_while_written {
  struct shared_plan {
    gpu::shared_array<gpu::vec<int, 4>, 1> read;
  };
  static constexpr int threads = 32;
  static constexpr char const* name = "copied_while_written";
  int* y;
  void run(shared_plan& shared) const {
    if (gpu::thread_rank() != 0) return;
    if (gpu::block_index().x == 0) return gpu::store(y + 1, 1);
    gpu::copy_async(shared.read[0], reinterpret_cast<gpu::vec<int, 4> const*>(y));
    gpu::commit_copies();
    gpu::wait_copies<0>();
  }
};

}  // namespace

TEST_CASE("fault: an asynchronous copy of what another block writes") {
  alignas(16) static int y[4] = {};
  global_memory operands;
  operands.add({y, sizeof y, true, "y", 4});
  std::string text;
  try {
    run_emulated(copied_while_written{y}, {2, 1, 1}, operands);
  } catch (deepseek::kernel_fault const& f) {
    text = f.what();
  }
  CHECK(text.find("[DS-EMULATED-GRID] copied_while_written: block (0, 0, 0) writes 4 bytes at byte "
                  "4 of y, and block (1, 0, 0) reads them.") == 0);
}
