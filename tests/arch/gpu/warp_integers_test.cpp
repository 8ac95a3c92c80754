// SPDX-License-Identifier: Apache-2.0
/// @file Reductions of integers: against loops over the lanes' values, and against warp_reduce.
#include <deepseek/arch/gpu/warp_integers.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::test::fault_of;
using deepseek::test::holds;
using deepseek::test::run_block;

TEST_CASE_TEMPLATE("every lane gets the reduction of all", T, std::int32_t, std::uint32_t) {
  std::mt19937 random(7);
  std::vector<T> value(64);
  for (T& v : value) v = static_cast<T>(random());
  run_block(64, [&](auto&) {
    int const first = gpu::warp_rank() * 32;
    T const* const lanes = value.data() + first;
    T const mine = lanes[gpu::lane_rank()];
    std::uint32_t sum = 0, all_of = ~0u, any_of = 0, odd = 0;
    for (int l = 0; l < 32; ++l) {
      sum += static_cast<std::uint32_t>(lanes[l]);
      all_of &= static_cast<std::uint32_t>(lanes[l]) | 0x80000000u;
      any_of |= static_cast<std::uint32_t>(lanes[l]) & 0x7ff0ffffu;
      odd ^= static_cast<std::uint32_t>(lanes[l]);
    }
    CHECK(gpu::warp_sum(mine) == static_cast<T>(sum));
    CHECK(gpu::warp_min(mine) == *std::min_element(lanes, lanes + 32));
    CHECK(gpu::warp_max(mine) == *std::max_element(lanes, lanes + 32));
    CHECK(gpu::warp_and(static_cast<T>(mine | static_cast<T>(0x80000000u))) ==
          static_cast<T>(all_of));
    CHECK(gpu::warp_or(static_cast<T>(mine & static_cast<T>(0x7ff0ffffu))) ==
          static_cast<T>(any_of));
    CHECK(gpu::warp_xor(mine) == static_cast<T>(odd));
    CHECK(gpu::warp_max(mine) == gpu::warp_reduce(mine, [](T a, T b) { return a < b ? b : a; }));
  });
}

TEST_CASE("sums wrap around, extremes are of the type's order") {
  run_block(32, [](auto&) {
    int const lane = gpu::lane_rank();
    CHECK(gpu::warp_sum(lane == 0 ? 2147483647 : lane == 1 ? 1 : 0) == -2147483647 - 1);
    CHECK(gpu::warp_min(lane - 5) == -5);
    CHECK(gpu::warp_min(static_cast<std::uint32_t>(lane - 5)) == 0);
    CHECK(gpu::warp_max(static_cast<std::uint32_t>(lane - 5)) == 0xffffffffu);
  });
}

TEST_CASE("fault: a lane that does not take part, or takes part in something else") {
  CHECK(holds(fault_of(32, [](auto&) { return gpu::lane_rank() < 31 ? gpu::warp_sum(1) : 0; }),
              "[DS-EMULATED-DEADLOCK]", "at reduction 31 of 32 threads"));
  CHECK(holds(fault_of(32,
                       [](auto&) {
                         return gpu::lane_rank() < 31 ? gpu::warp_sum(1) : int(gpu::ballot(true));
                       }),
              "[DS-EMULATED-DIVERGED]", "comes to a ballot", "in a reduction"));
}
