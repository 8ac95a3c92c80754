// SPDX-License-Identifier: Apache-2.0
/// @file T5's buckets and Swin's windows; golden_test.cpp compares both with PyTorch.
#include <deepseek/attention/relative_position.hpp>

#include <doctest/doctest.h>

namespace ds = deepseek;
namespace score = deepseek::score;

TEST_CASE("t5_buckets: one for each small distance, then logarithmic; each direction has its own") {
  auto const both = score::t5_buckets(200, 200);
  REQUIRE(both.size() == 399);
  auto const at = [&](std::int64_t apart) { return both(apart + 199); };
  CHECK(at(0) == 0);
  CHECK(at(-1) == 1);
  CHECK(at(-7) == 7);
  CHECK(at(-8) == 8);
  CHECK(at(-11) == 8);
  CHECK(at(-12) == 9);
  CHECK(at(-127) == 15);
  CHECK(at(-199) == 15);
  CHECK(at(1) == 17);
  CHECK(at(199) == 31);
  auto const past = score::t5_buckets(3, 4, {.bidirectional = false, .query_offset = 1});
  int const want[] = {3, 2, 1, 0, 0, 0};  // key - query = -2 … 3, the query one further
  for (int t = 0; t < 6; ++t) CHECK(past(t) == want[t]);
  CHECK_THROWS_AS(score::t5_buckets(1, 1, {.buckets = 6}), ds::argument_error);
  CHECK_THROWS_AS(score::t5_buckets(1, 1, {.most = 8}), ds::argument_error);
  CHECK(score::t5_buckets(0, 0).size() == 0);
}

TEST_CASE("window_offsets: equal offsets share an entry") {
  auto const w = score::window_offsets(2, 3);
  CHECK(w.extents()[0] == 6);
  for (int i = 0; i < 6; ++i) CHECK(w(i, i) == 7);  // no offset: (2 - 1) * 5 + 3 - 1
  CHECK(w(0, 1) == 6);
  CHECK(w(1, 0) == 8);
  CHECK(w(0, 5) == 0);
  CHECK(w(5, 0) == 14);
  CHECK(w(0, 4) == w(1, 5));
}
