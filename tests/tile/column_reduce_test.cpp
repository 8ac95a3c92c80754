// SPDX-License-Identifier: Apache-2.0
/// @file Reductions of the columns that the threads of a block stand in: every thread once, in a fixed order.
#include <deepseek/tile/column_reduce.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "../arch/emulated/run_block.hpp"
#include "joined_ranges.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::add;
using deepseek::test::fault_of;

namespace {

constexpr int warps = 4;

/// One bit for each thread.
struct members {
  std::uint32_t of_warp[warps];
};
constexpr auto unite = [](members a, members const& b) {
  for (int w = 0; w < warps; ++w)
    a.of_warp[w] += b.of_warp[w];  // a thread that comes twice carries over
  return a;
};

struct plan {
  tile::column_reduce_scratch<members, 2, warps> members_of;
  tile::column_reduce_scratch<float, 1, warps> sums;
};

float term(int rank) { return std::sin(static_cast<float>(rank) * 12.9898f) * 437.5453f; }

/// In the order of the docstring: lanes of a column by neighbours, then warps one after the other.
float column_sum(int column, int across) {
  float all = 0;
  for (int warp = 0; warp < warps; ++warp) {
    std::vector<float> v;
    for (int lane = column; lane < 32; lane += across) v.push_back(term(warp * 32 + lane));
    while (v.size() > 1) {
      std::vector<float> next;
      for (std::size_t i = 0; i < v.size(); i += 2) next.push_back(v[i] + v[i + 1]);
      v = next;
    }
    all = warp == 0 ? v[0] : all + v[0];
  }
  return all;
}

}  // namespace

TEST_CASE("column_reduce: all threads of the own column, each once, for 1 to 32 columns") {
  for (int const across : {1, 2, 4, 8, 16, 32}) {
    CAPTURE(across);
    CHECK(fault_of<plan>(warps * 32, [&](plan& shared) {
            int const thread = gpu::thread_rank();
            int const column = thread % across;
            members value[2] = {};
            value[0].of_warp[thread / 32] = 1u << thread % 32;
            value[1].of_warp[thread / 32] = thread % 2 == 0 ? 1u << thread % 32 : 0u;
            tile::column_reduce(value, across, unite, shared.members_of);
            std::uint32_t wanted = 0;
            for (int lane = column; lane < 32; lane += across) wanted |= 1u << lane;
            for (int w = 0; w < warps; ++w) {
              CHECK(value[0].of_warp[w] == wanted);
              CHECK(value[1].of_warp[w] == (wanted & 0x55555555u));
            }
            float sum[1] = {term(thread)};
            tile::column_reduce(sum, across, add, shared.sums);
            CHECK(sum[0] == column_sum(column, across));
          }) == "");
  }
}
