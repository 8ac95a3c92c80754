// SPDX-License-Identifier: Apache-2.0
/// @file Warp collectives against tables written out from the PTX ISA's words.
#include <deepseek/arch/gpu/warp.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;
using deepseek::test::run_block;

namespace {
struct half_and_word {
  std::int32_t word;
  float number;
};
}  // namespace

TEST_CASE("shuffles: index, xor, down, up; at the ends a lane keeps its own") {
  run_block(64, [](auto&) {
    int const lane = gpu::lane_rank();
    int const mine = gpu::thread_rank() * 10;
    int const base = gpu::warp_rank() * 320;
    CHECK(gpu::shuffle(mine, 5) == base + 50);
    CHECK(gpu::shuffle(mine, (lane + 1) % 32) == base + (lane + 1) % 32 * 10);
    for (int bits = 1; bits < 32; bits *= 2)
      CHECK(gpu::shuffle_xor(mine, bits) == base + (lane ^ bits) * 10);
    CHECK(gpu::shuffle_down(mine, 3) == base + (lane + 3 < 32 ? lane + 3 : lane) * 10);
    CHECK(gpu::shuffle_up(mine, 3) == base + (lane - 3 >= 0 ? lane - 3 : lane) * 10);
  });
}

TEST_CASE("shuffles: every type of 4 and 8 bytes") {
  run_block(32, [](auto&) {
    int const lane = gpu::lane_rank();
    CHECK(gpu::shuffle(static_cast<float>(lane) + 0.5f, 3) == 3.5f);
    CHECK(gpu::shuffle(static_cast<double>(lane) + 0.5, 4) == 4.5);
    CHECK(gpu::shuffle(static_cast<std::int64_t>(lane) << 40, 2) == std::int64_t{2} << 40);
    auto const both = gpu::shuffle(half_and_word{lane, 0.25f}, 9);
    CHECK(both.word == 9);
    CHECK(both.number == 0.25f);
  });
}

TEST_CASE("votes: over all lanes and over a mask") {
  run_block(32, [](auto&) {
    int const lane = gpu::lane_rank();
    CHECK(gpu::ballot(lane % 3 == 0) == 0x49249249u);
    CHECK(gpu::any_lane(lane == 31));
    CHECK_FALSE(gpu::any_lane(lane == 32));
    CHECK(gpu::every_lane(lane < 32));
    CHECK_FALSE(gpu::every_lane(lane != 4));
    std::uint32_t const mask = lane < 4 ? 0xfu : 0xfffffff0u;
    CHECK(gpu::ballot(lane % 2 == 1, mask) == (lane < 4 ? 0xau : 0xaaaaaaa0u));
    CHECK(gpu::every_lane(lane < 4, mask) == (lane < 4));
  });
}

TEST_CASE("elect_one: one lane of the mask, the same one each time") {
  run_block(64, [](auto&) {
    int const lane = gpu::lane_rank();
    std::uint32_t const mask = lane < 5 ? 0x1fu : lane == 9 ? 0x200u : 0xfffffde0u;
    for (int round = 0; round < 2; ++round) {
      std::uint32_t const elected = gpu::ballot(gpu::elect_one(mask), mask);
      CHECK(elected == (lane < 5 ? 0x10u : lane == 9 ? 0x200u : 0x80000000u));
    }
    CHECK(gpu::warp_reduce(gpu::elect_one() ? 1 : 0, [](int a, int b) { return a + b; }) == 1);
  });
}

TEST_CASE("fault: an election that a lane is missing from") {
  CHECK(holds(fault_of(32, [](auto&) { return gpu::lane_rank() != 3 && gpu::elect_one(); }),
              "[DS-EMULATED-DEADLOCK]", "at elect_one 31 of 32 threads"));
}

TEST_CASE("warp_reduce: the same bits in every lane, lane l with lane l xor 16 first") {
  float wanted = 0;
  {
    float lane[32];
    for (int i = 0; i < 32; ++i) lane[i] = 1.f / static_cast<float>(i + 3);
    for (int half = 16; half > 0; half /= 2)
      for (int i = 0; i < half; ++i) lane[i] = lane[i] + lane[i + half];
    wanted = lane[0];
  }
  run_block(32, [&](auto&) {
    float const mine = 1.f / static_cast<float>(gpu::lane_rank() + 3);
    CHECK(gpu::warp_reduce(mine, [](float a, float b) { return a + b; }) == wanted);
    CHECK(gpu::warp_reduce(gpu::lane_rank(), [](int a, int) { return a; }) == 0);
  });
}

TEST_CASE("collectives of parts of a warp that take turns") {
  CHECK(fault_of(32, [](auto&) {
          int const lane = gpu::lane_rank();
          if (lane < 16) {
            for (int i = 0; i < 3; ++i) CHECK(gpu::shuffle(lane + i, 2, 0xffffu) == 2 + i);
          } else {
            CHECK(gpu::ballot(true, 0xffff0000u) == 0xffff0000u);
          }
          CHECK(gpu::ballot(true) == gpu::all_lanes);
        }) == "");
}

TEST_CASE("fault: a lane that reads one out of its mask") {
  auto const index = [](auto&) {
    if (gpu::lane_rank() < 8) gpu::shuffle(1, 8, 0xffu);
  };
  CHECK(
      holds(fault_of(64, index),
            "[DS-EMULATED-LANE] probe: thread 0 of block (0, 0, 0), lane 0 of its warp, reads lane "
            "8 by a shuffle of lanes 0 to 7"));
  auto const down = [](auto&) {
    if (gpu::warp_rank() == 1 && gpu::lane_rank() < 8) gpu::shuffle_down(1, 4, 0xffu);
  };
  CHECK(holds(fault_of(64, down), "[DS-EMULATED-LANE] probe: thread 36 of block", "lane 4",
              "reads lane 8 by a shuffle_down"));
  auto const up = [](auto&) {
    if (gpu::lane_rank() >= 16) gpu::shuffle_up(1, 1, 0xffff0000u);
  };
  CHECK(holds(fault_of(32, up), "lane 16", "reads lane 15 by a shuffle_up of lanes 16 to 31"));
  auto const across = [](auto&) {
    std::uint32_t const mask = gpu::lane_rank() < 24 ? 0x00fffffbu : 0xff000000u;
    if (gpu::lane_rank() != 2) gpu::shuffle_xor(1, 3, mask);
  };
  CHECK(holds(fault_of(32, across), "lane 1",
              "reads lane 2 by a shuffle_xor of lanes 0 to 1, 3 to 23"));
  // At the ends of the warp a lane keeps its own: not a read of another.
  CHECK(fault_of(32, [](auto&) { gpu::shuffle_down(1, 4); }) == "");
}
