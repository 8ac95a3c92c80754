// SPDX-License-Identifier: Apache-2.0
/// @file A function of (score, batch, head, query, key) as an expression: indices, extents, errors.
#include <deepseek/attention/score.hpp>

#include "scored.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace ds = deepseek;
namespace score = deepseek::score;
using namespace deepseek::test;

TEST_CASE("the four indices are those of the score") {
  score_extents const e{2, 3, 4, 5};
  auto const s = random_scores(e, 1);
  auto const y =
      scored([](auto x, auto b, auto h, auto q,
                auto k) { return x * 0.0F + ds::cast<float>(((b * 10 + h) * 10 + q) * 10 + k); },
             s);
  each_score(e, [&](auto b, auto h, auto q, auto k, auto i) {
    CHECK(y.data()[i] == float(((b * 10 + h) * 10 + q) * 10 + k));
  });
}

TEST_CASE("static extents stay static; a function may ignore the score, and be narrower") {
  using Dims = ds::dims<ds::dyn, 2, 4, 6>;
  Dims const e{3};
  auto const sum = score::of([](auto x, auto, auto h, auto q, auto k) { return x + h + q + k; }, e);
  static_assert(std::is_same_v<decltype(sum)::dims_type, Dims>);
  auto const narrow = score::of([](auto, auto, auto, auto q, auto) { return q; }, e);
  static_assert(std::is_same_v<decltype(narrow)::dims_type, ds::dims<1, 1, 4, 1>>);
  static_assert(score::place<3>(e).rank == 4);
}

TEST_CASE("what does not broadcast to the scores is an error with both shapes in it") {
  ds::tensor<float, ds::dims<ds::dyn>> t{ds::dims<ds::dyn>{7}};
  auto const f = [&](auto, auto...) { return ds::as_expression(t); };
  score_extents const e{1, 2, 4, 6};
  CHECK_THROWS_WITH_AS(score::of(f, e), doctest::Contains("f gives [7]"), ds::shape_error);
  CHECK_THROWS_WITH_AS(score::of(f, e), doctest::Contains("[1, 2, 4, 6]"), ds::shape_error);
}
