// SPDX-License-Identifier: Apache-2.0
/// @file attention_tile: heads are packed where each has few queries, keys are shared where blocks are few.
#include <deepseek/plan/gpu/attention_tile.hpp>

#include <doctest/doctest.h>

namespace gpu = deepseek::plan::gpu;
namespace kernel = deepseek::kernel;

TEST_CASE("long prompts: a block has rows of one head, nobody shares keys") {
  auto const c = gpu::choose_attention({4, 32, 8, 2048, 2048, 128, 128}, true, 64);
  CHECK(c.packed == 1);
  CHECK_FALSE(c.few);
  CHECK(c.row_tiles == 16);
  CHECK(c.parts == 1);
  CHECK(c.tiles_of_part == 32);
  CHECK(c.blocks == 4 * 32 * 16);
}

TEST_CASE(
    "decoding: the heads of a group are rows, keys are shared in parts of four tiles and more") {
  auto const c = gpu::choose_attention({1, 32, 8, 1, 32768, 128, 128}, true, 64);
  CHECK(c.packed == 4);
  CHECK(c.few);
  CHECK(c.row_tiles == 1);
  CHECK(c.parts * c.tiles_of_part >= 512);
  CHECK((c.parts - 1) * c.tiles_of_part < 512);
  CHECK(c.blocks == 8 * c.parts);
  CHECK(c.blocks >= 2 * 132 - 8);
  CHECK(gpu::choose_attention({1, 32, 8, 1, 256, 128, 128}, true, 64).parts == 1);
  CHECK(gpu::choose_attention({1, 8, 8, 1, 2048, 128, 128}, true, 64).tiles_of_part == 4);
  CHECK_FALSE(gpu::choose_attention({1, 32, 8, 1, 256, 128, 128}, false, 64).few);
}

TEST_CASE("nothing is a choice too: no keys, no queries, no heads; wide heads have smaller tiles") {
  CHECK(gpu::choose_attention({1, 2, 1, 3, 0, 8, 8}, true, 64).parts == 1);
  CHECK(gpu::choose_attention({1, 2, 1, 0, 9, 8, 8}, true, 64).blocks == 0);
  CHECK(gpu::choose_attention({1, 0, 0, 3, 9, 8, 8}, true, 64).blocks == 0);
  CHECK(gpu::attention_keys(128, 64) == 64);
  CHECK(gpu::attention_keys(64, 64) == 32);
  CHECK(gpu::attention_keys(64, 256) == 32);
  CHECK(gpu::attention_warp_rows(64, 64) == 32);
  CHECK(gpu::attention_warp_rows(64, 128) == 16);
}
