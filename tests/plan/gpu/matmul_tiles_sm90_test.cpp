// SPDX-License-Identifier: Apache-2.0
/// @file The tiles of matrix products on sm_90a: that there are kernels for them, what the model counts, and
/// what it chooses.
#include <deepseek/plan/gpu/matmul_tiles_sm90.hpp>

#include <doctest/doctest.h>

#include <initializer_list>

namespace gpu = deepseek::plan::gpu;
using gpu::sm90_product;

TEST_CASE("every row of the tables: whole warpgroups, shared memory and registers that there are") {
  auto const check = [](auto const& c) {
    CHECK(c.threads() % 128 == 0);
    CHECK(c.threads() <= 384);
    CHECK(c.shared_bytes() <= 232448);
    CHECK(c.shared_bytes() >= 180000);  // stages fill what there is
    CHECK(c.sum_registers() <= 128);
    CHECK(c.stages >= 4);
    CHECK(c.piece_columns() == (c.columns % 64 == 0 ? 64 : 32));
  };
  for (auto const& c : gpu::sm90_tiles) check(c);
  for (auto const& c : gpu::sm90_promoted_tiles) {
    if (c.columns > 32) check(c);
    CHECK(c.sums == deepseek::kernel::wgmma_sums::promoted);
  }
}

TEST_CASE("cycles of 4096 x 4096 x 4096 in tiles of 128 x 256, a cluster of two, by hand") {
  constexpr sm90_product p{4096, 4096, 1, 64};
  constexpr auto const& c = gpu::sm90_tiles[0];
  CHECK(c.rows == 128);
  CHECK(c.columns == 256);
  CHECK(c.cluster_rows == 2);
  CHECK(gpu::sm90_tile_count(c, p) == 16 * 16);
  CHECK(gpu::sm90_blocks(c, p) == 132);
  // A stage: 2 x 4 wgmma of 128 cycles; 128 x (128 + 256 / 2) bytes in 819 cycles. Results: 65536 bytes, 2730
  // cycles, and 600. 256 tiles on 66 clusters: four turns.
  constexpr std::int64_t turn = 64 * 1024 + 2730 + 600;
  CHECK(gpu::sm90_cycles(c, p, 2) == 2500 + 4 * turn);
}

TEST_CASE("few tiles are smaller ones, so that more of the GPU works") {
  auto const chosen = [](sm90_product const& p) {
    return gpu::sm90_tiles[gpu::sm90_choice(gpu::sm90_tiles, p, 2)];
  };
  CHECK(chosen({8192, 8192, 1, 128}).columns == 256);
  CHECK(chosen({1, 4096, 1, 64}).columns == 32);  // 128 tiles of 32 columns
  CHECK(chosen({128, 4096, 1, 64}).rows == 64);   // 2 x 64 tiles
  CHECK(chosen({128, 4096, 1, 64}).columns == 64);
  CHECK(gpu::sm90_blocks(chosen({1, 4096, 1, 64}), {1, 4096, 1, 64}) == 128);
}

TEST_CASE("what is chosen takes the fewest cycles; along rows only whole panels of 64 columns") {
  for (std::int64_t m : {1, 100, 700, 5000})
    for (std::int64_t n : {8, 200, 3000})
      for (std::int64_t k : {1, 13, 200}) {
        sm90_product const p{m, n, 1, k};
        int const best = gpu::sm90_choice(gpu::sm90_tiles, p, 2);
        int const panels = gpu::sm90_choice(gpu::sm90_tiles, p, 2, true);
        for (auto const& c : gpu::sm90_tiles) {
          auto const cycles = gpu::sm90_cycles(c, p, 2);
          CHECK(gpu::sm90_cycles(gpu::sm90_tiles[best], p, 2) <= cycles);
          if (c.columns % 64 == 0) CHECK(gpu::sm90_cycles(gpu::sm90_tiles[panels], p, 2) <= cycles);
        }
        CHECK(gpu::sm90_tiles[panels].columns % 64 == 0);
      }
}

TEST_CASE(
    "k is cut where few tiles leave most of the GPU idle, into equal shares of 8 stages or more") {
  auto const shares = [](sm90_product const& p) {
    return gpu::sm90_shares_of(gpu::sm90_tiles, p, 2);
  };
  CHECK(shares({4096, 4096, 1, 64}).count == 1);
  CHECK(shares({16, 4096, 1, 15}).count == 1);  // no two shares of 8 stages
  auto const few = shares({64, 512, 1, 256});
  CHECK(few.count > 1);
  CHECK(few.blocks * few.count >= 256);
  CHECK(few.blocks * (few.count - 1) < 256);
  // 8 tiles in 16 shares are one turn: 16 stages of 128 x (64 + 64) bytes at 40 a cycle, 64 x 64 sums of
  // 4 bytes at 24 a cycle.
  CHECK(few.count == 16);
  CHECK(gpu::sm90_cycles(gpu::sm90_shared_tile[0], {64, 512, 16, 16}, 4) ==
        2500 + 16 * 409 + 64 * 64 * 4 / 24 + 600);
}
