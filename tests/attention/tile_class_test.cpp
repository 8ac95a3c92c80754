// SPDX-License-Identifier: Apache-2.0
/// @file Classes of tiles against brute force: each score of each tile is looked at.
#include <deepseek/attention/biases.hpp>
#include <deepseek/attention/masks.hpp>
#include <deepseek/attention/tile_class.hpp>
#include <deepseek/ops/squeeze.hpp>
#include <deepseek/ops/take.hpp>

#include "scored.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

namespace ds = deepseek;
namespace score = deepseek::score;
using namespace deepseek::test;
using score::tile_class;

namespace {

/// tiles: how many there are, by class, and how many that brute force would call empty or full are not.
struct tiles {
  int empty = 0;
  int full = 0;
  int partial = 0;
  int missed = 0;
  bool sound = true;
};

/// Classes of all tiles of rows x columns against what f makes of random scores.
template <class F>
tiles classify(F const& f, score_extents const& e, std::int64_t rows, std::int64_t columns) {
  auto const s = random_scores(e, 3);
  auto const expression = score::of(f, e);
  auto const y = scored(f, s);
  score_tensor open{e};
  (open = bound_to(s, score::without_masks(expression))).run(ds::host{1});
  tiles found;
  for (std::int64_t b = 0; b < e[0]; ++b)
    for (std::int64_t h = 0; h < e[1]; ++h)
      for (std::int64_t q = 0; q < e[2]; q += rows)
        for (std::int64_t k = 0; k < e[3]; k += columns) {
          auto const last_q = std::min(q + rows, e[2]) - 1;
          auto const last_k = std::min(k + columns, e[3]) - 1;
          bool all_masked = true;
          bool same = true;
          for (auto i = q; i <= last_q; ++i)
            for (auto j = k; j <= last_k; ++j) {
              all_masked = all_masked && y(b, h, i, j) == -INFINITY;
              same = same && y(b, h, i, j) == open(b, h, i, j);
            }
          switch (class_of_tile(expression, {{{b, b}, {h, h}, {q, last_q}, {k, last_k}}})) {
            case tile_class::empty:
              ++found.empty;
              found.sound = found.sound && all_masked;
              break;
            case tile_class::full:
              ++found.full;
              found.sound = found.sound && same;
              break;
            case tile_class::partial:
              ++found.partial;
              if (all_masked || same) ++found.missed;
          }
        }
  return found;
}

constexpr std::int64_t sides[] = {1, 3, 8, 64};

/// No tile is called what it is not; where Exact, none that brute force knows is missed.
template <bool Exact, class F> void check_all(F const& f, score_extents const& e) {
  for (auto rows : sides)
    for (auto columns : sides) {
      CAPTURE(rows);
      CAPTURE(columns);
      auto const found = classify(f, e, rows, columns);
      CHECK(found.sound);
      if constexpr (Exact) CHECK(found.missed == 0);
    }
}

score_extents const shapes[] = {{1, 1, 37, 37}, {2, 2, 5, 40}, {1, 1, 40, 5}};

}  // namespace

TEST_CASE("masks of indices are classified as brute force does") {
  for (auto const& e : shapes) {
    check_all<true>(score::plain, e);
    check_all<true>(score::causal, e);
    for (std::int64_t before : {std::int64_t{0}, std::int64_t{9}, score::unbounded})
      for (std::int64_t after : {std::int64_t{0}, std::int64_t{5}})
        check_all<true>(score::sliding_window(before, after), e);
    check_all<true>(
        [](auto s, auto, auto, auto q, auto kv) {
          return ds::where(q < kv, ds::minus_infinity, s);  // the score on the other side
        },
        e);
    check_all<true>(
        [](auto s, auto, auto, auto, auto kv) { return ds::where(kv == 3, s, ds::minus_infinity); },
        e);
  }
}

TEST_CASE("causal: half of the tiles are visited, and one in each row runs the mask") {
  auto const found = classify(score::causal, {1, 1, 512, 512}, 64, 64);
  CHECK(found.empty == 28);
  CHECK(found.full == 28);
  CHECK(found.partial == 8);
  auto const window = classify(score::sliding_window(100), {1, 1, 512, 512}, 64, 64);
  CHECK(window.empty == 43);
  CHECK(window.full == 0);
  CHECK(window.partial == 21);
}

TEST_CASE("masks of tensors: sound, and what lies along one axis is known") {
  score_extents const e{2, 1, 33, 41};
  ds::tensor<std::int32_t, ds::dims<2>> lengths{17, 41};
  check_all<true>(score::key_padding(lengths), e);
  check_all<false>(score::prefix(lengths), e);
  ds::tensor<std::int32_t, ds::dims<2, 33>> of_queries;
  ds::tensor<std::int32_t, ds::dims<2, 41>> of_keys;
  for (int b = 0; b < 2; ++b) {
    for (int q = 0; q < 33; ++q) of_queries(b, q) = q / (4 + b);
    for (int k = 0; k < 41; ++k) of_keys(b, k) = k / (5 - b);
  }
  check_all<true>(score::documents(of_queries, of_keys), e);  // numbers without gaps
  check_all<false>(score::documents(of_queries, of_keys) | score::causal, e);
  std::mt19937 random{9};
  ds::tensor<bool, ds::dims<33, 41>> mask;
  for (int q = 0; q < 33; ++q)
    for (int k = 0; k < 41; ++k) mask(q, k) = (q / 8 + k / 8) % 3 == 1 || random() % 64 == 0;
  check_all<true>([&](auto s, auto...) { return ds::where(mask, s, ds::minus_infinity); }, e);
}

TEST_CASE("biases are no masks, and stay in full tiles; -inf along an axis empties") {
  score_extents const e{1, 2, 40, 40};
  auto const slopes = score::alibi_slopes(2);
  check_all<true>(score::soft_cap(5) | score::alibi(slopes) | score::causal, e);
  check_all<true>(score::causal | score::alibi(slopes), e);
  ds::tensor<float, ds::dims<40>> padding;
  for (int k = 0; k < 40; ++k) padding(k) = k < 21 ? 0.0F : -INFINITY;
  auto const found = classify(score::bias(padding), e, 8, 8);
  CHECK(found.sound);
  CHECK(found.empty == 2 * 5 * 2);
  CHECK(found.full == 2 * 5 * 3);
}

TEST_CASE("random conditions: no tile is called what it is not") {
  std::mt19937 random{20};
  auto const number = [&](int most) { return int(random() % unsigned(2 * most + 1)) - most; };
  for (int round = 0; round < 40; ++round) {
    CAPTURE(round);
    int const a = number(3), b = number(40), c = number(30), d = number(5), m = 1 + number(3) * 0;
    score_extents const e{1, 2, 1 + std::int64_t(random() % 30), 1 + std::int64_t(random() % 30)};
    auto const f = [=](auto s, auto, auto h, auto q, auto kv) {
      auto const near = q * a - kv * d < b;
      auto const far = ds::abs(q - kv + c) >= 4 || h == m;
      auto const odd = ds::maximum(q, kv - c) != ds::minimum(q + d, kv);
      auto const part = ds::floor(ds::cast<float>(q) / 4.0F) * 4.0F <= ds::cast<float>(kv);
      auto const x = ds::where((near && far) || !part, s, ds::minus_infinity);
      return ds::where(odd, x + 1.0F, ds::minus_infinity);
    };
    for (auto side : {std::int64_t{1}, std::int64_t{4}, std::int64_t{16}})
      CHECK(classify(f, e, side, side + 1).sound);
  }
}

TEST_CASE("lets, views and gathers are followed") {
  score_extents const e{1, 1, 24, 24};
  ds::tensor<std::int32_t, ds::dims<24>> group;
  for (int i = 0; i < 24; ++i) group(i) = i / 6;
  check_all<true>(
      [](auto s, auto, auto, auto q, auto kv) {
        return ds::let(q - kv,
                       [&](auto d) { return ds::where(d >= 0 && d < 7, s, ds::minus_infinity); });
      },
      e);
  check_all<true>(
      [&](auto s, auto, auto, auto, auto) {
        return ds::where(ds::unsqueeze<1>(group) == group, s, ds::minus_infinity);
      },
      e);
  check_all<true>(
      [&](auto s, auto, auto, auto, auto) {  // a gather of places that are not in memory
        auto const reversed = ds::take(group, ds::axes<0>, 23 - ds::iota<std::int32_t>(24));
        return ds::where(reversed < 2, s, ds::minus_infinity);
      },
      e);
}
