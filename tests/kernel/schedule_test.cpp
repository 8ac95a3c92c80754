// SPDX-License-Identifier: Apache-2.0
/// @file Which axes are reduced, and the steps along those that are walked.
#include <deepseek/kernel/schedule.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>

namespace {
using deepseek::kernel::axes_walk;
using deepseek::kernel::schedule;
using rows = schedule<3, 0b110u, 2>;
using columns = schedule<3, 0b010u, 2>;
using number = schedule<0, 0u, -1>;

static_assert(rows::lanes_reduced && rows::in_row(1) && rows::in_row(2) && !rows::in_row(0));
static_assert(!columns::lanes_reduced && columns::in_row(1) && !columns::in_row(2));
static_assert(!number::lanes_reduced);
static_assert(axes_walk<number>::places == 1);

template <class S> axes_walk<S> walk_of(std::int64_t a, std::int64_t b, std::int64_t c) {
  axes_walk<S> walk;
  walk.set(0, a);
  walk.set(1, b);
  walk.set(2, c);
  return walk;
}

TEST_CASE("positions are walked with the last axis running fastest, in 32 and in 64 bits") {
  // Of an extent that no position here reaches, the quotients are of 64 bits.
  for (std::int64_t const first : {std::int64_t{3}, std::int64_t{1} << 40}) {
    auto const walk = walk_of<columns>(first, 4, 5);
    REQUIRE(walk.count() == first * 20);
    CHECK(walk.extent(0) == first);
    std::int64_t next = 0;
    for (std::int64_t a = 0; a < 3; ++a)
      for (std::int64_t b = 0; b < 4; ++b)
        for (std::int64_t c = 0; c < 5; ++c) {
          std::int64_t at[3] = {-1, -1, -1};
          walk.place(at, next++);
          REQUIRE(at[0] == a);
          REQUIRE(at[1] == b);
          REQUIRE(at[2] == c);
        }
  }
}

TEST_CASE("an axis that is not walked stays where it is") {
  auto const check = [](std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t number,
                        std::initializer_list<std::int64_t> where) {
    std::int64_t at[3] = {42, 42, 42};
    walk_of<columns>(a, b, c).place(at, number);
    for (int axis = 0; axis < 3; ++axis) CHECK(at[axis] == where.begin()[axis]);
  };
  check(7, 1, 2, 9, {4, 42, 1});
  check(1, 7, 2, 9, {42, 4, 1});
  check(1, 1, 20, 9, {42, 42, 9});
  check(7, 2, 1, 9, {4, 1, 42});
  check(20, 1, 1, 9, {9, 42, 42});
  check(1, 1, 1, 0, {42, 42, 42});
}

TEST_CASE("one axis alone: the position is the place along the lanes") {
  std::int64_t at[3] = {0, 0, 0};
  deepseek::kernel::lane_walk<columns>{}.place(at, std::int64_t{5} << 40);
  CHECK(at[0] == 0);
  CHECK(at[1] == 0);
  CHECK(at[2] == std::int64_t{5} << 40);
}

TEST_CASE("a range has what lies before its end; every range has everything") {
  using deepseek::kernel::lane_range;
  lane_range const to{10, 20};
  CHECK(to.has(9));
  CHECK_FALSE(to.has(10));
  CHECK(to.has(6, 4));
  CHECK_FALSE(to.has(7, 4));
  CHECK_FALSE(to.none().has(0));
  CHECK(lane_range::every().has(std::int64_t{1} << 62, 16));
  CHECK_FALSE(lane_range::every().none().has(0));
}

TEST_CASE("more positions than 32 bits hold") {
  auto walk = walk_of<columns>(3, std::int64_t{1} << 32, 2);
  CHECK(walk.count() == 3 * (std::int64_t{1} << 33));
  std::int64_t at[3] = {};
  walk.place(at, walk.count() - 2);
  CHECK(at[0] == 2);
  CHECK(at[1] == (std::int64_t{1} << 32) - 1);
  CHECK(at[2] == 0);
}

TEST_CASE("nothing to walk: no axes is one position, an empty axis is none") {
  CHECK(axes_walk<number>{}.count() == 1);
  CHECK(walk_of<rows>(3, 0, 5).count() == 0);
}

}  // namespace
