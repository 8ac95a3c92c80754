// SPDX-License-Identifier: Apache-2.0
/// @file pipeline: a producer and warps of consumers, in one block and across a cluster; places; mistakes.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/bulk_copy.hpp>
#include <deepseek/arch/gpu/cluster.hpp>
#include <deepseek/tile/pipeline.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::fault_of;
using deepseek::test::fault_of_cluster;
using deepseek::test::holds;

namespace {

constexpr int stages = 3;
constexpr int piece = 64;  // ints that a stage holds

struct plan {
  alignas(128) gpu::shared_array<int, stages * piece> data;
  tile::pipeline<stages> barriers;
};

deepseek::arch::emulated::global_memory memory_of(std::vector<int> const& v) {
  deepseek::arch::emulated::global_memory memory;
  memory.add({v.data(), v.size() * sizeof(int), false, "input"});
  return memory;
}
std::vector<int> numbers(int count) {
  std::vector<int> v(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) v[static_cast<std::size_t>(i)] = 3 * i + 1;
  return v;
}

/// Warp 0 fills, two other warps read. What goes wrong is left out or done too early.
enum class mistake { none, no_wait_empty, no_wait_full, one_warp_releases };

std::string one_block(mistake which, int pieces = 8) {
  std::vector<int> const input = numbers(pieces * piece);
  int wrong = 0;
  std::string const fault = fault_of<plan>(96, memory_of(input), [&](plan& shared) {
    if (gpu::thread_rank() == 0) tile::make_pipeline(shared.barriers, 2);
    gpu::sync_block();
    tile::pipeline_place<stages> at;
    if (gpu::warp_rank() == 0) {
      if (gpu::lane_rank() != 0) return;
      for (int i = 0; i < pieces; ++i, at.next()) {
        if (which != mistake::no_wait_empty) tile::wait_empty(shared.barriers, at);
        tile::announce(shared.barriers, at, piece * 4);
        gpu::load_bulk(shared.data[at.stage * piece], input.data() + i * piece, piece,
                       shared.barriers.full[at.stage]);
      }
      return;
    }
    for (int i = 0; i < pieces; ++i, at.next()) {
      if (which != mistake::no_wait_full) tile::wait_full(shared.barriers, at);
      for (int j = gpu::lane_rank(); j < piece; j += 32)
        wrong +=
            shared.data[at.stage * piece + j] != input[static_cast<std::size_t>(i * piece + j)];
      if (which != mistake::one_warp_releases || gpu::warp_rank() == 1)
        tile::release(shared.barriers, at);
    }
  });
  CHECK(wrong == 0);
  return fault;
}

}  // namespace

TEST_CASE("place: stages in turn, the parity changes with each round; skip is next so often") {
  tile::pipeline_place<3> at;
  int const stage[] = {0, 1, 2, 0, 1, 2, 0};
  int const parity[] = {0, 0, 0, 1, 1, 1, 0};
  for (int i = 0; i < 7; ++i, at.next()) {
    CHECK(at.stage == stage[i]);
    CHECK(at.parity == parity[i]);
  }
  for (int from = 0; from < 7; ++from)
    for (int count : {0, 1, 2, 3, 4, 5, 6, 7, 100}) {
      tile::pipeline_place<3> next;
      for (int i = 0; i < from; ++i) next.next();
      tile::pipeline_place<3> skipped = next;
      for (int i = 0; i < count; ++i) next.next();
      skipped.skip(count);
      CHECK(skipped.stage == next.stage);
      CHECK(skipped.parity == next.parity);
    }
}

TEST_CASE("one block: every piece comes to every consumer, stages are used again") {
  CHECK(one_block(mistake::none) == "");
  CHECK(one_block(mistake::none, 1) == "");
  CHECK(one_block(mistake::none, 3) == "");
}

TEST_CASE("who does not wait, or does not release, is found") {
  CHECK(holds(one_block(mistake::no_wait_full), "[DS-EMULATED-SHARED-"));
  CHECK(holds(one_block(mistake::no_wait_empty), "[DS-EMULATED-"));
  CHECK(holds(one_block(mistake::one_warp_releases), "[DS-EMULATED-DEADLOCK]", "1 arrivals"));
}

TEST_CASE("a cluster of two: each block brings half of each piece to both") {
  constexpr int pieces = 7;
  std::vector<int> const input = numbers(pieces * piece);
  int wrong = 0;
  CHECK(fault_of_cluster<plan>(2, 64, memory_of(input), [&](plan& shared) {
          if (gpu::thread_rank() == 0) tile::make_pipeline(shared.barriers, 2);
          gpu::sync_cluster();
          tile::pipeline_place<stages> at;
          int const half = gpu::cluster_rank() * piece / 2;
          if (gpu::warp_rank() == 0) {
            for (int i = 0; i < pieces && gpu::lane_rank() == 0; ++i, at.next()) {
              tile::wait_empty(shared.barriers, at);
              tile::announce(shared.barriers, at, piece * 4);
              gpu::load_bulk(shared.data[at.stage * piece + half], input.data() + i * piece + half,
                             piece / 2, shared.barriers.full[at.stage], std::uint16_t{3});
            }
          } else {
            for (int i = 0; i < pieces; ++i, at.next()) {
              tile::wait_full(shared.barriers, at);
              for (int j = gpu::lane_rank(); j < piece; j += 32)
                wrong += shared.data[at.stage * piece + j] !=
                         input[static_cast<std::size_t>(i * piece + j)];
              tile::release<2>(shared.barriers, at);
            }
          }
          gpu::sync_cluster();  // nobody arrives at a block that has ended
        }) == "");
  CHECK(wrong == 0);
}
