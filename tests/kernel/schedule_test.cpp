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
  walk.extent[0] = a;
  walk.extent[1] = b;
  walk.extent[2] = c;
  return walk;
}

TEST_CASE("positions are walked with the last axis running fastest, in 32 and in 64 bits") {
  for (bool const narrow : {false, true}) {
    auto walk = walk_of<columns>(3, 4, 5);
    walk.narrow = narrow;
    REQUIRE(walk.count() == 60);
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
  for (bool const narrow : {false, true}) {
    auto walk = walk_of<columns>(7, 1, 2);
    walk.narrow = narrow;
    std::int64_t at[3] = {0, 42, 0};
    walk.place(at, 9);
    CHECK(at[0] == 4);
    CHECK(at[1] == 42);
    CHECK(at[2] == 1);
  }
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
