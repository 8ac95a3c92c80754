// SPDX-License-Identifier: Apache-2.0
/// @file axes: names of axes in a type.
#include <deepseek/shape/axes.hpp>

#include <doctest/doctest.h>

using namespace deepseek;

TEST_CASE("axes: an axis counts from the front, a negative one from the end") {
  static_assert(axes_mask<3, 0> == 0b001u);
  static_assert(axes_mask<3, 2> == 0b100u && axes_mask<3, -1> == 0b100u);
  static_assert(axes_mask<3, -3, 1> == 0b011u);
  static_assert(axes_mask<8, 7> == 0b10000000u);
  static_assert(axes_mask<3> == 0u);
  static_assert(all_axes_mask<0> == 0u && all_axes_mask<3> == 0b111u && all_axes_mask<8> == 255u);
  // The order of names does not matter to a set.
  static_assert(axes_mask<4, 1, 3> == axes_mask<4, 3, 1>);
  CHECK(axes_t<0, 2>::count == 2);
  CHECK(last.count == 1);
}

TEST_CASE("axes: each lies within the rank, and none is named twice, by either name") {
  static_assert(axes_conformable<3, 0, 1, 2> && axes_conformable<3, -3, -1>);
  static_assert(axes_conformable<0> && axes_conformable<3>);
  static_assert(!axes_conformable<3, 3> && !axes_conformable<3, -4>);
  static_assert(!axes_conformable<0, 0> && !axes_conformable<0, -1>);
  static_assert(!axes_conformable<3, 1, 1> && !axes_conformable<3, 0, -3>);
  CHECK(axes_conformable<8, 0, 1, 2, 3, 4, 5, 6, 7>);
}

TEST_CASE("bits of a mask: how many, and the lowest") {
  for (unsigned mask = 1; mask < 256; ++mask) {
    int count = 0;
    int lowest = 8;
    for (int k = 7; k >= 0; --k)
      if ((mask >> k) & 1u) {
        ++count;
        lowest = k;
      }
    REQUIRE(detail::bit_count(mask) == count);
    REQUIRE(detail::lowest_bit(mask) == lowest);
  }
  CHECK(detail::bit_count(0) == 0);
}
