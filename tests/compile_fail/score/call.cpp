// SPDX-License-Identifier: Apache-2.0
/// @file A score function takes five expressions.
// expected-error {{\[DS-SCORE-CALL\] attention\(q, k, v, f\): f\(score, batch, head, query, key\) cannot be called}}
#include <deepseek/attention/score.hpp>

int main() {
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const f = [](auto s, auto, auto) { return s; };
#else
  auto const f = [](auto s, auto, auto, auto, auto) { return s; };
#endif
  auto const e = deepseek::score::of(f, deepseek::dims<1, 2, 3, 4>{});
  (void)e;
}
