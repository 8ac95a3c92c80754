// SPDX-License-Identifier: Apache-2.0
/// @file attention_mma: tails of every kind, heads of a group as rows of a block, shared keys, any strides.
#include <deepseek/kernel/attention_mma.hpp>

#include "attention_cases.hpp"

using namespace deepseek::test;
namespace kernel = deepseek::kernel;
using deepseek::bf16;
using deepseek::f16;

namespace {
template <class T, kernel::attention_config Config> struct with {
  template <class Operands, class Score>
  using mma = kernel::attention_mma<T, Operands, Score, Config>;
};
template <class Operands, class Score>
using wide = with<bf16, kernel::attention_config{64, 64, 64, 32}>::mma<Operands, Score>;
template <class Operands, class Score>
using tall = with<bf16, kernel::attention_config{64, 32, 64, 64, 32}>::mma<Operands, Score>;
template <class Operands, class Score>
using few = with<f16, kernel::attention_config{16, 32, 32, 64}>::mma<Operands, Score>;
}  // namespace

TEST_CASE("causal with slopes: half of the tiles are left out; rows, keys and widths with tails") {
  int asked = 0;
  int left_out = 0;
  causal_with_slope const score{0, 0.1F, &asked, &left_out};
  check_attention<bf16, wide>({1, 2, 1, 250, 250, 64, 32}, score, score, {});
  CHECK(asked == 2 * 4 * 4);
  CHECK(left_out == 2 * 6);
  causal_with_slope const ahead{85, 0.02F, &asked, &left_out};
  check_attention<bf16, wide>({2, 2, 2, 65, 150, 40, 24}, ahead, ahead, {.gap = 8});
  check_attention<bf16, wide>({1, 1, 1, 63, 148, 33, 31}, ahead, ahead, {.gap = 1});
  check_attention<bf16, wide>({1, 2, 1, 1, 86, 64, 32}, ahead, ahead, {.step = 2});
}

TEST_CASE("warps of 32 rows, some of them without any") {
  int asked = 0;
  int left_out = 0;
  causal_with_slope const score{20, 0.1F, &asked, &left_out};
  check_attention<bf16, tall>({1, 2, 1, 75, 95, 64, 48}, score, score, {});
  check_attention<bf16, tall>({1, 1, 1, 20, 40, 50, 33}, score, score, {.gap = 3});
}

TEST_CASE("heads that share keys are rows of one block; blocks share keys; a sink; no keys") {
  int asked = 0;
  int left_out = 0;
  causal_with_slope const score{197, 0.05F, &asked, &left_out};
  check_attention<f16, few>({2, 8, 2, 3, 200, 24, 40}, score, score, {.packed = 4});
  check_attention<f16, few>({1, 8, 2, 3, 200, 32, 64}, score, score,
                            {.packed = 4, .tiles_of_part = 2, .sink = true});
  check_attention<f16, few>({1, 8, 1, 7, 97, 16, 56}, kernel::plain_score{}, as_it_is{},
                            {.packed = 8, .tiles_of_part = 3});
  check_attention<f16, few>({1, 2, 1, 3, 0, 16, 8}, kernel::plain_score{}, as_it_is{}, {});
  check_attention<f16, few>({1, 2, 1, 3, 0, 16, 8}, kernel::plain_score{}, as_it_is{},
                            {.sink = true});
  causal_with_slope const blind{-30, 0.F, &asked, &left_out};  // the first rows see no key
  check_attention<f16, few>({1, 1, 1, 40, 10, 8, 8}, blind, blind, {});
}
