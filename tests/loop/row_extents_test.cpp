// SPDX-License-Identifier: Apache-2.0
/// @file Extents of rows are compared along reduced axes only; a pass has few different ones.
#include <deepseek/loop/row_extents.hpp>

#include <doctest/doctest.h>

namespace {
namespace ds = deepseek;
using S = ds::loop::schedule<8, 4, 3, 0b110u, 2>;  // axes 1 and 2 are reduced
using extents = ds::loop::row_extents<S>;

TEST_CASE("equal: along the reduced axes") {
  CHECK(extents{{5, 3, 4}} == extents{{9, 3, 4}});
  CHECK(!(extents{{5, 3, 4}} == extents{{5, 3, 1}}));
}

TEST_CASE("covers: every index of the run exists; an extent of 1 repeats") {
  CHECK(extents{{0, 3, 4}}.covers({{0, 3, 4}}));
  CHECK(extents{{0, 3, 4}}.covers({{0, 2, 1}}));
  CHECK(extents{{0, 1, 4}}.covers({{0, 100, 4}}));
  CHECK(!extents{{0, 3, 4}}.covers({{0, 3, 5}}));
}

TEST_CASE("run_list: different runs in their order, each once, until there is no room") {
  ds::loop::run_list<S> list;
  CHECK(list.add({{0, 3, 4}}));
  CHECK(list.add({{7, 3, 4}}));  // the same
  CHECK(list.count == 1);
  for (int n = 1; n < ds::loop::max_runs; ++n) CHECK(list.add({{0, 3, 4 + n}}));
  CHECK(list.count == ds::loop::max_runs);
  CHECK(!list.add({{0, 99, 99}}));
  CHECK(list.add({{0, 3, 4}}));
  CHECK(list.of[1].of[2] == 5);
}
}  // namespace
