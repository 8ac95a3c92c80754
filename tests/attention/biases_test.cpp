// SPDX-License-Identifier: Apache-2.0
/// @file Biases against their formulas in double precision.
#include <deepseek/attention/biases.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/slice.hpp>

#include "scored.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>

namespace ds = deepseek;
namespace score = deepseek::score;
using namespace deepseek::test;

namespace {
/// The largest difference of f of random scores from want(score, b, h, q, k).
template <class F, class Want>
double worst(F const& f, score_extents const& extents, Want const& want) {
  auto const s = random_scores(extents, 11);
  auto const y = scored(f, s);
  double most = 0;
  each_score(extents, [&](auto b, auto h, auto q, auto k, auto i) {
    double const difference = std::abs(y.data()[i] - want(double(s.data()[i]), b, h, q, k));
    most = difference > most || std::isnan(difference) ? difference : most;
  });
  return most;
}
score_extents const shapes[] = {{1, 4, 1, 1}, {2, 4, 5, 5}, {1, 4, 7, 19}, {2, 4, 19, 7}};
constexpr double rounding = 4e-6;
}  // namespace

TEST_CASE("soft_cap is cap * tanh(score / cap)") {
  for (auto const& e : shapes)
    for (float cap : {0.5F, 30.0F})
      CHECK(worst(score::soft_cap(cap), e,
                  [&](double s, auto...) { return cap * std::tanh(s / cap); }) < rounding);
  CHECK_THROWS_WITH_AS(score::soft_cap(0), doctest::Contains("[DS-SCORE-CAP]"), ds::argument_error);
  CHECK_THROWS_AS(score::soft_cap(NAN), ds::argument_error);
}

TEST_CASE("bias broadcasts") {
  ds::tensor<float, ds::dims<4, 1, 1>> t{1, -2, 3, 0.5F};
  for (auto const& e : shapes)
    CHECK(worst(score::bias(t), e,
                [&](double s, auto, auto h, auto, auto) { return s + t(h, 0, 0); }) < rounding);
}

TEST_CASE("alibi: a slope for each head, by distance; the slopes are the paper's") {
  auto const slopes = score::alibi_slopes(4);
  CHECK(slopes(0) == 0.25F);
  CHECK(slopes(3) == 1.0F / 256);
  auto const six = score::alibi_slopes(6);  // four of 4 heads, then the first and third of 8
  CHECK(six(3) == 1.0F / 256);
  CHECK(six(4) == 0.5F);
  CHECK(six(5) == 0.125F);
  CHECK(score::alibi_slopes(0).size() == 0);
  for (auto const& e : shapes)
    CHECK(worst(score::alibi(slopes), e, [&](double s, auto, auto h, auto q, auto k) {
            return s - std::exp2(-2.0 * double(h + 1)) * double(std::abs(q + e[3] - e[2] - k));
          }) < rounding);
}

TEST_CASE("relative: a value for each head and distance; strides and one head for all too") {
  for (auto const& e : shapes) {
    std::int64_t const distances = e[2] + e[3] - 1;
    ds::tensor<float, ds::dims<ds::dyn, ds::dyn>> x{ds::dims<ds::dyn, ds::dyn>{distances, 4}};
    for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = float(i * 5 % 17);
    auto const want = [&](std::int64_t h, std::int64_t q, std::int64_t k) {
      return double((k - q + e[2] - 1) * 4 + h);
    };
    CHECK(worst(score::relative(ds::permute(x, ds::axes<1, 0>)), e,
                [&](double s, auto, auto h, auto q, auto k) {
                  return s + double(std::int64_t(want(h, q, k)) * 5 % 17);
                }) < rounding);
    auto const one = ds::slice(ds::permute(x, ds::axes<1, 0>), ds::range{2, 3}, ds::every);
    CHECK(worst(score::relative(one), e, [&](double s, auto, auto, auto q, auto k) {
            return s + double(std::int64_t(want(2, q, k)) * 5 % 17);
          }) < rounding);
  }
  ds::tensor<float, ds::dims<4, 9>> x;
  auto const s = random_scores({1, 4, 5, 6}, 1);
  CHECK_THROWS_WITH_AS(scored(score::relative(x), s), doctest::Contains("[4, 9]"), ds::shape_error);
}
