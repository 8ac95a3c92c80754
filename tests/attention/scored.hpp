// SPDX-License-Identifier: Apache-2.0
/// @file Score functions applied to scores that are there as a tensor.
#pragma once
#include <cstdint>
#include <random>
#include <type_traits>

#include <deepseek/attention/score.hpp>
#include <deepseek/attention/tile_class.hpp>
#include <deepseek/exec/host.hpp>

namespace deepseek::test {

using score_extents = dims<dyn, dyn, dyn, dyn>;
using score_tensor = tensor<float, score_extents>;

/// Scores from -4 to 4.
inline score_tensor random_scores(score_extents const& extents, unsigned seed) {
  std::mt19937 random{seed};
  std::uniform_real_distribution<float> value{-4, 4};
  score_tensor s{extents};
  for (std::int64_t i = 0; i < s.size(); ++i) s.data()[i] = value(random);
  return s;
}

/// bound_to(s, e): e, whose score is what the tensor holds.
template <class E> auto bound_to(score_tensor const& s, E const& e) {
  auto const leaf = as_expression(s);
  return expr::let_node<score::score_id, std::remove_cvref_t<decltype(leaf)>, E>{leaf, e};
}

/// scored(f, s): f of the scores in s.
template <class F> score_tensor scored(F const& f, score_tensor const& s) {
  score_tensor y{s.extents()};
  (y = bound_to(s, score::of(f, s.extents()))).run(host{1});
  return y;
}

/// each_score(extents, f): f(batch, head, query, key, number of the score).
template <class F> void each_score(score_extents const& e, F const& f) {
  std::int64_t i = 0;
  for (std::int64_t b = 0; b < e[0]; ++b)
    for (std::int64_t h = 0; h < e[1]; ++h)
      for (std::int64_t q = 0; q < e[2]; ++q)
        for (std::int64_t k = 0; k < e[3]; ++k) f(b, h, q, k, i++);
}

}  // namespace deepseek::test
