// SPDX-License-Identifier: Apache-2.0
/// @file What a score function reads broadcasts to the scores.
// expected-error {{\[DS-SCORE-SHAPE\] attention\(q, k, v, f\): what f gives does not broadcast}}
// expected-error {{extents_of<.*first, 5L?>.*extents_of<.*second, 1L?, 2L?, 3L?, 4L?>}}
#include <deepseek/attention/score.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using bias = deepseek::dims<5>;
#else
using bias = deepseek::dims<4>;
#endif

int main() {
  deepseek::tensor<float, bias> t;
  auto const f = [&](auto, auto, auto, auto, auto) { return deepseek::as_expression(t); };
  auto const e = deepseek::score::of(f, deepseek::dims<1, 2, 3, 4>{});
  (void)e;
}
