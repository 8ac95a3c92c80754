// SPDX-License-Identifier: Apache-2.0
/// @file The sizes by which work is cut agree with each other.
#include <deepseek/loop/job.hpp>
#include <deepseek/loop/position.hpp>

#include <doctest/doctest.h>

namespace loop = deepseek::loop;

TEST_CASE(
    "a row that a team shares is more than one piece, and a piece is worth waking a thread for") {
  CHECK(loop::team_row_elements > loop::team_row_elements_if_few);
  CHECK(loop::team_row_elements_if_few > loop::chunk_elements);
  CHECK(loop::chunk_elements > loop::serial_elements);
}
TEST_CASE("a job of no axes") {
  loop::job<loop::schedule<8, 4, 0, 0, -1>> const none;
  CHECK(none.runs[0].count == 0);
  CHECK_FALSE(none.plain);
  CHECK(none.extent[0] == 0);
}
