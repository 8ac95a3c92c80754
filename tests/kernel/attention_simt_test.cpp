// SPDX-License-Identifier: Apache-2.0
/// @file attention_simt: f32 stays f32, whatever the strides; shared keys.
#include <deepseek/kernel/attention_simt.hpp>

#include "attention_cases.hpp"

using namespace deepseek::test;
namespace kernel = deepseek::kernel;

namespace {
template <class Operands, class Score>
using simt = kernel::attention_simt<Operands, Score, kernel::attention_config{32, 32, 64, 32}>;
}  // namespace

TEST_CASE("tails of rows, keys and widths; a group of heads as rows; parts; a sink") {
  int asked = 0;
  int left_out = 0;
  causal_with_slope const score{37, 0.1F, &asked, &left_out};
  check_attention<float, simt>({1, 2, 1, 33, 70, 64, 32}, score, score, {});
  CHECK(asked == 2 * 2 * 3);
  CHECK(left_out == 0);
  check_attention<float, simt>({2, 4, 2, 7, 44, 40, 12}, score, score, {.packed = 2, .gap = 4});
  check_attention<float, simt>({1, 2, 2, 5, 130, 33, 31}, kernel::plain_score{}, as_it_is{},
                               {.tiles_of_part = 2, .sink = true, .gap = 1});
  check_attention<float, simt>({1, 1, 1, 3, 31, 4, 4}, kernel::plain_score{}, as_it_is{},
                               {.step = 3});
}
