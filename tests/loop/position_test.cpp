// SPDX-License-Identifier: Apache-2.0
/// @file What a schedule says of its axes.
#include <deepseek/loop/position.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace {
namespace ds = deepseek;
using ds::loop::schedule;

TEST_CASE("axes of the row set are in the row") {
  using s = schedule<16, 4, 4, 0b1010u, 3>;
  static_assert(!s::in_row(0) && s::in_row(1) && !s::in_row(2) && s::in_row(3));
  static_assert(s::lanes == 16 && s::axes == 4 && s::lane_axis == 3 && s::row_set == 10u);
}

TEST_CASE("lanes are reduced when their axis is in the row") {
  static_assert(schedule<8, 4, 2, 0b10u, 1>::lanes_reduced);
  static_assert(!schedule<8, 4, 2, 0b01u, 1>::lanes_reduced);
  static_assert(!schedule<8, 4, 0, 0u, -1>::lanes_reduced);  // rank 0
}

TEST_CASE("lane integers are as wide as the lanes") {
  static_assert(std::is_same_v<schedule<8, 8, 1, 0u, 0>::lane_integer, std::int64_t>);
  static_assert(std::is_same_v<schedule<16, 4, 1, 0u, 0>::lane_integer, std::int32_t>);
}

TEST_CASE("a position starts at the first element") {
  constexpr ds::loop::position p;
  static_assert(p.lane == 0 && p.row == 0 && p.block == 0 && p.slot == 0);
}
}  // namespace
