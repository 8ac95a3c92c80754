// SPDX-License-Identifier: Apache-2.0
/// @file Reductions over teams, warps and blocks: everything once, lower threads first, the same bits.
#include <deepseek/base/dtype.hpp>
#include <deepseek/tile/block_reduce.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

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

template <class T, int MaxWarps = 32> struct plan {
  tile::block_reduce_scratch<T, MaxWarps> scratch;
};

/// Neighbours meet first; one that has none goes on alone.
float tree_sum(std::vector<float> v) {
  while (v.size() > 1) {
    std::vector<float> next;
    for (std::size_t i = 0; i < v.size(); i += 2)
      next.push_back(i + 1 < v.size() ? v[i] + v[i + 1] : v[i]);
    v = next;
  }
  return v[0];
}
float term(int rank) { return std::sin(static_cast<float>(rank) * 12.9898f) * 437.5453f; }

}  // namespace

TEST_CASE("team_reduce: each team of neighbours has its own result, in order") {
  run_block(64, [](auto&) {
    int const rank = gpu::thread_rank();
    range const alone{rank, rank, true};
    auto const check = [&](range const& r, int lanes) {
      CAPTURE(lanes);
      CHECK(r.whole);
      CHECK(r.first == rank / lanes * lanes);
      CHECK(r.last == r.first + lanes - 1);
    };
    check(tile::team_reduce<1>(alone, append), 1);
    check(tile::team_reduce<2>(alone, append), 2);
    check(tile::team_reduce<8>(alone, append), 8);
    check(tile::team_reduce<32>(alone, append), 32);
  });
}

TEST_CASE(
    "block_reduce: every number of warps, joins that do not commute, result in every thread") {
  for (int warps = 1; warps <= 32; ++warps) {
    int const threads = warps * 32;
    CAPTURE(threads);
    int right = 0;
    run_block<plan<range>>(threads, [&](plan<range>& shared) {
      int const rank = gpu::thread_rank();
      for (int round = 0; round < 2; ++round) {
        range const all = tile::block_reduce(range{rank, rank, true}, append, shared.scratch);
        right += all.whole && all.first == 0 && all.last == threads - 1 ? 1 : 0;
      }
    });
    CHECK(right == 2 * threads);
  }
}

TEST_CASE("block_reduce: a sum of floats has the bits of the tree of neighbours") {
  for (int const threads : {32, 96, 160, 256, 992, 1024}) {
    CAPTURE(threads);
    std::vector<float> of_warp;
    for (int first = 0; first < threads; first += 32) {
      std::vector<float> lanes;
      for (int i = 0; i < 32; ++i) lanes.push_back(term(first + i));
      of_warp.push_back(tree_sum(lanes));
    }
    float const wanted = tree_sum(of_warp);
    run_block<plan<float>>(threads, [&](plan<float>& shared) {
      CHECK(tile::block_reduce(term(gpu::thread_rank()), add, shared.scratch) == wanted);
    });
  }
}

TEST_CASE("block_reduce: states of 1 to 24 bytes") {
  struct extremes {
    double least, most;
    std::int32_t at;
  };
  run_block<plan<extremes>>(160, [](plan<extremes>& shared) {
    int const rank = gpu::thread_rank();
    double const x = rank * 57 % 160;
    auto const all = tile::block_reduce(
        extremes{x, x, rank},
        [](extremes const& a, extremes const& b) {
          return extremes{std::fmin(a.least, b.least), std::fmax(a.most, b.most),
                          b.most > a.most ? b.at : a.at};
        },
        shared.scratch);
    CHECK(all.least == 0);
    CHECK(all.most == 159);
    CHECK(all.at * 57 % 160 == 159);
  });
  run_block<plan<std::uint8_t>>(96, [](plan<std::uint8_t>& shared) {
    CHECK(tile::block_reduce(std::uint8_t{1}, add, shared.scratch) == 96);
  });
  run_block<plan<deepseek::bf16>>(64, [](plan<deepseek::bf16>& shared) {
    deepseek::bf16 const one{1.f};
    CHECK(static_cast<float>(tile::block_reduce(
              one, [](auto a, auto b) { return deepseek::bf16{float(a) + float(b)}; },
              shared.scratch)) == 64.f);
  });
}

TEST_CASE("a block of one warp needs no shared memory, and scratch for its warps is enough") {
  run_block<plan<int, 1>>(32, [](plan<int, 1>& shared) {
    CHECK(tile::block_reduce(gpu::thread_rank(), add, shared.scratch) == 496);
  });
  run_block<plan<int, 3>>(96, [](plan<int, 3>& shared) {
    CHECK(tile::block_reduce(gpu::thread_rank(), add, shared.scratch) == 96 * 95 / 2);
  });
}

TEST_CASE(
    "block_reduce_once: scratch of its own for each, and the fault of one used again at once") {
  struct two {
    tile::block_reduce_scratch<int> a, b;
  };
  CHECK(fault_of<two>(128, [](two& shared) {
          int const n = tile::block_reduce_once(1, add, shared.a);
          CHECK(tile::block_reduce_once(n, add, shared.b) == 128 * 128);
        }) == "");
  auto const again = [](two& shared) {
    int const n = tile::block_reduce_once(1, add, shared.a);
    tile::block_reduce_once(n, add, shared.a);
  };
  CHECK(holds(fault_of<two>(128, again), "[DS-EMULATED-SHARED-RACE]"));
}

TEST_CASE("fault: more warps than the scratch has room for") {
  auto const larger = [](plan<int, 2>& shared) { tile::block_reduce(1, add, shared.scratch); };
  CHECK(
      holds(fault_of<plan<int, 2>>(96, larger), "[DS-EMULATED-INDEX]", "index 2 of an array of 2"));
}
