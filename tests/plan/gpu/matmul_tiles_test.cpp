// SPDX-License-Identifier: Apache-2.0
/// @file The choice of tiles and shares for products by mma.
#include <deepseek/plan/gpu/matmul_tiles.hpp>

#include <doctest/doctest.h>

namespace gpu = deepseek::plan::gpu;
using gpu::choose_mma;
using gpu::mma_product;

TEST_CASE("each tile is possible, and holds its registers and shared memory so often at once") {
  for (auto const& c : gpu::mma_tiles) {
    CHECK(deepseek::kernel::matmul_mma_fault(c) == nullptr);
    CHECK(c.registers() * c.threads() * c.blocks_at_once <= 65536);
    CHECK(c.shared_bytes() * c.blocks_at_once <= 163 << 10);
  }
}

TEST_CASE("tiles of a product: tails count, and each matrix has its own") {
  CHECK(gpu::mma_tile_number(gpu::mma_tiles[0], {128, 128, 1, 64}) == 1);
  CHECK(gpu::mma_tile_number(gpu::mma_tiles[0], {129, 257, 3, 64}) == 18);
}

TEST_CASE("large products take the large tile, in one share") {
  auto const choice = choose_mma({4096, 4096, 1, 8192}, true);
  CHECK(choice.tile == 0);
  CHECK(choice.shares == 1);
  CHECK(choice.share_blocks == 8192 / 64);
  CHECK(choose_mma({8192, 1024, 1, 2048}, true).tile == 0);
}

TEST_CASE("where few of the large tiles would fill the machine, smaller ones do") {
  CHECK(choose_mma({512, 512, 1, 1024}, false).tile == 1);
  CHECK(choose_mma({8, 4096, 1, 1024}, false).tile == 2);  // few rows
}

TEST_CASE("few tiles and much of k: shares; only where they may be") {
  mma_product const deep{64, 64, 1, 65536};
  auto const shared = choose_mma(deep, true);
  CHECK(shared.shares > 4);
  CHECK(shared.tile == gpu::mma_general_tile);
  // All stages are some share's, and none has none.
  CHECK(shared.share_blocks * shared.shares >= 65536 / 64);
  CHECK(shared.share_blocks * (shared.shares - 1) < 65536 / 64);
  CHECK(choose_mma(deep, false).shares == 1);
  CHECK(choose_mma({64, 64, 1, 512}, true).shares == 1);  // a second launch costs more
}

TEST_CASE("the model: more stages, more turns and more bytes take longer") {
  auto const& c = gpu::mma_tiles[0];
  auto const cycles = [&](mma_product const& p) { return gpu::mma_cycles(c, p, p.k_bytes / 64); };
  CHECK(cycles({4096, 4096, 1, 4096}) < cycles({4096, 4096, 1, 8192}));
  CHECK(cycles({4096, 4096, 1, 4096}) < cycles({4096, 8192, 1, 4096}));
  CHECK(cycles({128, 128, 108, 4096}) == cycles({128, 128, 1, 4096}));  // one turn
  CHECK(cycles({128, 128, 109, 4096}) > cycles({128, 128, 108, 4096}));
}

TEST_CASE("no k, no rows") {
  CHECK(choose_mma({64, 64, 1, 0}, true).shares == 1);
  CHECK(choose_mma({0, 64, 1, 128}, true).shares == 1);
}
