// SPDX-License-Identifier: Apache-2.0
/// @file attention_wgmma: tails of every kind, heads of a group as rows of a block, blocks that share keys.
#include <deepseek/kernel/attention_wgmma.hpp>

#include "attention_wgmma_cases.hpp"

using namespace deepseek::test;
namespace kernel = deepseek::kernel;
using deepseek::bf16;
using deepseek::f16;

namespace {
template <class Operands, class Score>
using narrow = mapped_attention<bf16, Operands, Score,
                                kernel::attention_wgmma_config{
                                    .consumers = 2, .keys = 64, .width = 64, .value_width = 64}>;
}  // namespace

TEST_CASE("causal with slopes: half of the tiles are left out; rows, keys and widths with tails") {
  int asked = 0;
  int left_out = 0;
  causal_with_slope const score{0, 0.1F, &asked, &left_out};
  check_attention<bf16, narrow>({1, 2, 1, 250, 250, 64, 64}, score, score, {});
  CHECK(asked == 2 * 2 * 4);
  CHECK(left_out == 2 * 2);
  causal_with_slope const ahead{85, 0.02F, &asked, &left_out};
  check_attention<bf16, narrow>({2, 2, 2, 65, 150, 40, 24}, ahead, ahead, {.gap = 8});
}

TEST_CASE("heads that share keys are rows of one block; blocks share keys; a sink; blind rows") {
  int asked = 0;
  int left_out = 0;
  check_attention<bf16, narrow>({1, 4, 2, 1, 200, 64, 64}, kernel::plain_score{}, as_it_is{},
                                {.packed = 2});
  causal_with_slope const score{197, 0.05F, &asked, &left_out};
  check_attention<bf16, narrow>({1, 2, 1, 131, 330, 64, 48}, score, score,
                                {.tiles_of_part = 2, .sink = true});
  causal_with_slope const blind{-70, 0.F, &asked, &left_out};  // the first rows see no key
  check_attention<bf16, narrow>({1, 1, 1, 140, 70, 64, 64}, blind, blind, {});
}
