// SPDX-License-Identifier: Apache-2.0
/// @file Reductions over a cluster: every block once, lower ranks first, as often as wanted in one scratch.
#include <deepseek/tile/cluster_reduce.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../arch/emulated/run_block.hpp"
#include "joined_ranges.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::add;
using deepseek::test::append;
using deepseek::test::fault_of_cluster;
using deepseek::test::holds;
using deepseek::test::range;

namespace {

struct plan {
  tile::cluster_reduce_scratch<range> ranges;
  tile::cluster_reduce_scratch<std::uint8_t> bytes;
  tile::cluster_reduce_scratch<double, 16> numbers;
};

}  // namespace

TEST_CASE("cluster_reduce: ranks in their order, of 1 to 8 blocks; one after the other") {
  for (int const blocks : {1, 2, 3, 5, 8}) {
    CAPTURE(blocks);
    CHECK(
        fault_of_cluster<plan>(blocks, 64, [&](plan& shared) {
          int const rank = gpu::cluster_rank();
          gpu::arrive_cluster();
          for (int turn = 0; turn < 3; ++turn) {
            range const all = tile::cluster_reduce(range{rank, rank, true}, append, shared.ranges);
            CHECK(all.whole);
            CHECK(all.first == 0);
            CHECK(all.last == blocks - 1);
            auto const sum =
                tile::cluster_reduce(static_cast<std::uint8_t>(rank + turn), add, shared.bytes);
            CHECK(int{sum} == blocks * turn + blocks * (blocks - 1) / 2);
          }
          gpu::wait_cluster();
        }) == "");
  }
}

TEST_CASE("cluster_reduce: the tree of neighbours, of 16 blocks too") {
  CHECK(fault_of_cluster<plan>(16, 32, [](plan& shared) {
          gpu::arrive_cluster();
          // ((1e16 + 1) + (-1e16 + 1)) + 0 …: each 1 is lost beside 1e16; a sum in another order keeps one.
          int const rank = gpu::cluster_rank();
          double const x = rank == 0 ? 1e16 : rank == 2 ? -1e16 : rank < 4 ? 1. : 0.;
          CHECK(tile::cluster_reduce(x, add, shared.numbers) == 0.);
          gpu::wait_cluster();
        }) == "");
}

TEST_CASE("a block that does not come to it") {
  auto const fault = fault_of_cluster<plan>(2, 32, [](plan& shared) {
    if (gpu::cluster_rank() == 1) gpu::sync_cluster();  // and reads what it was never sent
    else {
      gpu::arrive_cluster();
      (void)tile::cluster_reduce(1., add, shared.numbers);
      gpu::wait_cluster();
    }
  });
  CHECK(fault != "");
}
