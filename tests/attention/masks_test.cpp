// SPDX-License-Identifier: Apache-2.0
/// @file Masks against the conditions of their definitions, and `|`.
#include <deepseek/attention/masks.hpp>

#include "scored.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

namespace ds = deepseek;
namespace score = deepseek::score;
using namespace deepseek::test;

namespace {
/// Scores where visible(b, h, q, k) holds, -inf elsewhere: bit by bit.
template <class F, class Visible>
bool masks(F const& f, score_extents const& extents, Visible const& visible) {
  auto const s = random_scores(extents, 5);
  auto const y = scored(f, s);
  bool same = true;
  each_score(extents, [&](auto b, auto h, auto q, auto k, auto i) {
    float const want = visible(b, h, q, k) ? s.data()[i] : -INFINITY;
    same = same && y.data()[i] == want;
  });
  return same;
}
score_extents const shapes[] = {{1, 1, 1, 1}, {2, 3, 5, 5}, {1, 2, 7, 19}, {2, 1, 19, 7}};
}  // namespace

TEST_CASE("causal: the last query sees all keys, each one before it one key less") {
  for (auto const& e : shapes)
    CHECK(
        masks(score::causal, e, [&](auto, auto, auto q, auto k) { return k - q <= e[3] - e[2]; }));
}

TEST_CASE("sliding_window: own key, so many before and after") {
  for (auto const& e : shapes)
    for (std::int64_t before : {std::int64_t{0}, std::int64_t{3}, score::unbounded})
      for (std::int64_t after : {std::int64_t{0}, std::int64_t{2}, score::unbounded})
        CHECK(masks(score::sliding_window(before, after), e, [&](auto, auto, auto q, auto k) {
          auto const own = q + e[3] - e[2];
          return own - k <= before && k - own <= after;
        }));
}

TEST_CASE("prefix, key_padding: lengths of each batch, 0 and beyond the keys too") {
  ds::tensor<std::int32_t, ds::dims<2>> lengths{3, 0};
  ds::tensor<std::int64_t, ds::dims<ds::dyn>> far{ds::dims<ds::dyn>{1}};
  far(0) = 1000;
  for (auto const& e : shapes) {
    auto const seen = [&](auto b, auto k) { return e[0] == 1 ? k < 1000 : k < (b == 0 ? 3 : 0); };
    auto const causal = [&](auto q, auto k) { return k - q <= e[3] - e[2]; };
    auto const check = [&](auto const& n) {
      CHECK(masks(score::prefix(n), e,
                  [&](auto b, auto, auto q, auto k) { return seen(b, k) || causal(q, k); }));
      CHECK(
          masks(score::key_padding(n), e, [&](auto b, auto, auto, auto k) { return seen(b, k); }));
    };
    if (e[0] == 1) check(far);
    else check(lengths);
  }
}

TEST_CASE("documents, key_mask: by tensors of batch and place") {
  score_extents const e{2, 2, 6, 9};
  ds::tensor<std::int32_t, ds::dims<2, 6>> of_queries;
  ds::tensor<std::int32_t, ds::dims<2, 9>> of_keys;
  ds::tensor<bool, ds::dims<2, 9>> mask;
  for (int b = 0; b < 2; ++b) {
    for (int q = 0; q < 6; ++q) of_queries(b, q) = (q + b) / 2;
    for (int k = 0; k < 9; ++k) {
      of_keys(b, k) = k / (2 + b);
      mask(b, k) = (k * 7 + b) % 3 != 0;
    }
  }
  CHECK(masks(score::documents(of_queries, of_keys), e,
              [&](auto b, auto, auto q, auto k) { return (q + b) / 2 == k / (2 + b); }));
  CHECK(masks(score::key_mask(mask), e,
              [&](auto b, auto, auto, auto k) { return (k * 7 + b) % 3 != 0; }));
  // An rvalue tensor is kept.
  auto const kept = score::key_mask(ds::tensor<bool, ds::dims<2, 9>>{mask});
  CHECK(masks(kept, e, [&](auto b, auto, auto, auto k) { return (k * 7 + b) % 3 != 0; }));
}

TEST_CASE("f | g is g after f, also of a user's function") {
  score_extents const e{1, 2, 6, 8};
  auto const s = random_scores(e, 7);
  auto const doubled = [](auto x, auto, auto head, auto, auto) { return x * 2.0F + head; };
  auto const y = scored(doubled | score::causal, s);
  auto const z = scored(score::causal | doubled, s);
  each_score(e, [&](auto, auto h, auto q, auto k, auto i) {
    float const want = k <= q + 2 ? s.data()[i] * 2.0F + float(h) : -INFINITY;
    CHECK(y.data()[i] == want);
    CHECK(z.data()[i] == want);
  });
  CHECK(masks(score::causal | score::sliding_window(2), e,
              [](auto, auto, auto q, auto k) { return k <= q + 2 && q + 2 - k <= 2; }));
}
