// SPDX-License-Identifier: Apache-2.0
/// @file Scans over teams, warps and blocks: what lower threads hold, in their order, and the total.
#include <deepseek/tile/block_scan.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../arch/emulated/run_block.hpp"
#include "joined_ranges.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::add;
using deepseek::test::append;
using deepseek::test::fault_of;
using deepseek::test::holds;
using deepseek::test::range;
using deepseek::test::run_block;

namespace {

bool is(range const& r, int first, int last) {
  return r.whole && r.first == first && r.last == last;
}

template <class T, int MaxWarps = 32> struct plan {
  tile::block_scan_scratch<T, MaxWarps> scratch;
};

}  // namespace

TEST_CASE("team_scan and warp_scan: up to the own lane") {
  run_block(64, [](auto&) {
    int const rank = gpu::thread_rank();
    range const alone{rank, rank, true};
    CHECK(is(tile::team_scan<1>(alone, append), rank, rank));
    CHECK(is(tile::team_scan<4>(alone, append), rank / 4 * 4, rank));
    CHECK(is(tile::team_scan<16>(alone, append), rank / 16 * 16, rank));
    int const first = rank / 32 * 32;
    CHECK(is(tile::warp_scan(alone, append), first, rank));
    range const start{first - 1, first - 1, true};
    auto const before = tile::warp_exclusive_scan(alone, start, append);
    CHECK(is(before.value, first - 1, rank - 1));
    CHECK(is(before.total, first - 1, first + 31));
  });
}

TEST_CASE("block scans: every number of warps, joins that do not commute, the total everywhere") {
  for (int warps = 1; warps <= 32; ++warps) {
    int const threads = warps * 32;
    CAPTURE(threads);
    int right = 0;
    run_block<plan<range>>(threads, [&](plan<range>& shared) {
      int const rank = gpu::thread_rank();
      range const alone{rank, rank, true};
      auto const up_to = tile::block_inclusive_scan(alone, append, shared.scratch);
      right += is(up_to.value, 0, rank) && is(up_to.total, 0, threads - 1) ? 1 : 0;
      range const start{-1, -1, true};
      auto const before = tile::block_exclusive_scan(alone, start, append, shared.scratch);
      right += is(before.value, -1, rank - 1) && is(before.total, -1, threads - 1) ? 1 : 0;
    });
    CHECK(right == 2 * threads);
  }
}

TEST_CASE("block scans of counts: 4 and 8 bytes, and few warps") {
  run_block<plan<std::uint32_t>>(256, [](plan<std::uint32_t>& shared) {
    auto const rank = static_cast<std::uint32_t>(gpu::thread_rank());
    auto const s = tile::block_exclusive_scan(rank % 3, 100u, add, shared.scratch);
    CHECK(s.value == 100 + rank / 3 * 3 + (rank % 3 == 2 ? 1 : 0));
    CHECK(s.total == 100 + 255);
  });
  run_block<plan<std::int64_t, 2>>(64, [](plan<std::int64_t, 2>& shared) {
    std::int64_t const rank = gpu::thread_rank();
    auto const s = tile::block_inclusive_scan(rank << 33, add, shared.scratch);
    CHECK(s.value == (rank * (rank + 1) / 2) << 33);
    CHECK(s.total == std::int64_t{2016} << 33);
  });
}

TEST_CASE("fault: a thread of the block that does not scan") {
  auto const absent = [](plan<int>& shared) {
    if (gpu::warp_rank() != 1) tile::block_inclusive_scan(1, add, shared.scratch);
  };
  CHECK(holds(fault_of<plan<int>>(96, absent), "[DS-EMULATED-"));
}
