// SPDX-License-Identifier: Apache-2.0
/// @file Pieces of a row that threads hold in accesses: what comes before each element, in its order.
#include <deepseek/tile/piece_scan.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../arch/emulated/run_block.hpp"
#include "joined_ranges.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::add;
using deepseek::test::fault_of;
using deepseek::test::holds;
using deepseek::test::no_plan;
using deepseek::test::run_block;

namespace {

/// Elements first … last of a row, if they were joined in their order without a gap.
struct run {
  std::int16_t first;
  std::int16_t last;
  bool whole;
};
constexpr auto append = [](run const& a, run const& b) {
  return run{a.first, b.last, a.whole && b.whole && a.last + 1 == b.first};
};
run alone(int i) { return {static_cast<std::int16_t>(i), static_cast<std::int16_t>(i), true}; }

template <int Bytes, int Vectors, int Warps> struct plan {
  tile::piece_scan_scratch<Bytes, Vectors, Warps> scratch;
};

/// Number of element i of thread `rank`, by counting: access by access, thread by thread.
template <int Width> int number(int i, int rank, int threads) {
  int n = 0;
  for (int v = 0; v < i / Width; ++v)
    for (int r = 0; r < threads; ++r) n += Width;
  for (int r = 0; r < rank; ++r) n += Width;
  return n + i % Width;
}

template <int Lanes, int Width, int Vectors> void check_team() {
  int right = 0;
  run_block<no_plan>(64, [&](auto&) {
    int const rank = gpu::thread_rank() % Lanes;
    run value[Width * Vectors];
    for (int i = 0; i < Width * Vectors; ++i) value[i] = alone(number<Width>(i, rank, Lanes));
    run const all = tile::team_piece_scan<Lanes, Width>(value, run{-3, -1, true}, append);
    bool good = all.whole && all.first == -3 && all.last == Lanes * Width * Vectors - 1;
    for (int i = 0; i < Width * Vectors; ++i)
      good = good && value[i].whole && value[i].first == -3 &&
             value[i].last == number<Width>(i, rank, Lanes);
    right += good ? 1 : 0;
  });
  CHECK(right == 64);
}

template <int Warps, int Width, int Vectors> void check_block() {
  constexpr int threads = Warps * 32;
  int right = 0;
  run_block<plan<8, Vectors, Warps>>(threads, [&](plan<8, Vectors, Warps>& shared) {
    run const start{-3, -1, true};
    int const rank = gpu::thread_rank();
    bool good = true;
    for (int again = 0; again < 2; ++again) {  // the scratch is free on return
      run value[Width * Vectors];
      for (int i = 0; i < Width * Vectors; ++i) value[i] = alone(number<Width>(i, rank, threads));
      run const all = tile::block_piece_scan<Width>(value, start, append, shared.scratch);
      good = good && all.whole && all.first == -3 && all.last == threads * Width * Vectors - 1;
      for (int i = 0; i < Width * Vectors; ++i)
        good = good && value[i].whole && value[i].first == -3 &&
               value[i].last == number<Width>(i, rank, threads);
    }
    right += good ? 1 : 0;
  });
  CHECK(right == threads);
}

}  // namespace

TEST_CASE("teams within a warp: every element has all before it, in their order") {
  check_team<8, 4, 1>();
  check_team<8, 1, 4>();
  check_team<32, 4, 4>();
  check_team<32, 1, 3>();
  check_team<1, 2, 2>();
}

TEST_CASE("blocks of 1 to 32 warps") {
  check_block<1, 2, 2>();
  check_block<2, 1, 1>();
  check_block<3, 4, 2>();
  check_block<8, 4, 4>();
  check_block<16, 1, 5>();
  check_block<32, 2, 2>();
}

TEST_CASE("sums of 4 and 8 bytes: 1 + 2 + … beginning with a carry") {
  run_block<plan<4, 2, 2>>(64, [](plan<4, 2, 2>& shared) {
    float value[4];
    for (int i = 0; i < 4; ++i)
      value[i] = static_cast<float>(number<2>(i, gpu::thread_rank(), 64) + 1);
    float const all = tile::block_piece_scan<2>(value, 0.5f, add, shared.scratch);
    CHECK(all == 256.f * 257.f / 2 + 0.5f);
    for (int i = 0; i < 4; ++i) {
      float const n = static_cast<float>(number<2>(i, gpu::thread_rank(), 64) + 1);
      CHECK(value[i] == n * (n + 1) / 2 + 0.5f);
    }
  });
  run_block<plan<8, 1, 2>>(64, [](plan<8, 1, 2>& shared) {
    std::int64_t value[1] = {std::int64_t{1} << 40};
    std::int64_t const all = tile::block_piece_scan<1>(value, 7, add, shared.scratch);
    CHECK(all == (std::int64_t{64} << 40) + 7);
    CHECK(value[0] == (std::int64_t{gpu::thread_rank() + 1} << 40) + 7);
  });
}

TEST_CASE("fault: a warp that does not scan") {
  auto const absent = [](plan<4, 1, 3>& shared) {
    float value[1] = {1.f};
    if (gpu::warp_rank() != 1) tile::block_piece_scan<1>(value, 0.f, add, shared.scratch);
  };
  CHECK(holds(fault_of<plan<4, 1, 3>>(96, absent), "[DS-EMULATED-"));
}
