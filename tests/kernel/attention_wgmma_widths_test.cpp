// SPDX-License-Identifier: Apache-2.0
/// @file attention_wgmma of heads that are 128 and 256 wide, of three consumers, with the softmax under
/// products of its own warpgroup and under those of others alone.
#include <deepseek/kernel/attention_wgmma.hpp>

#include "attention_wgmma_cases.hpp"

using namespace deepseek::test;
namespace kernel = deepseek::kernel;
using deepseek::bf16;
using deepseek::f16;
using config = kernel::attention_wgmma_config;

namespace {
template <class T, config Config> struct with {
  template <class Operands, class Score> using wgmma = mapped_attention<T, Operands, Score, Config>;
};
template <class Operands, class Score>
using middle =
    with<f16, config{.keys = 128, .width = 128, .value_width = 64}>::wgmma<Operands, Score>;
template <class Operands, class Score>
using wide =
    with<bf16, config{.keys = 64, .width = 256, .value_width = 256, .overlaps = false}>::wgmma<
        Operands, Score>;
template <class Operands, class Score>
using three = with<f16, config{.consumers = 3,
                               .keys = 128,
                               .width = 64,
                               .value_width = 128,
                               .stages = 3,
                               .overlaps = false}>::wgmma<Operands, Score>;
}  // namespace

TEST_CASE("heads 128 wide, values 64: more tiles than stages, a last one that is short") {
  check_attention<f16, middle>({1, 1, 1, 67, 650, 104, 56}, kernel::plain_score{}, as_it_is{}, {});
}

TEST_CASE("heads 256 wide: the softmax is not under products of the same warpgroup") {
  int asked = 0;
  int left_out = 0;
  causal_with_slope const score{130, 0.02F, &asked, &left_out};
  check_attention<bf16, wide>({1, 1, 1, 70, 200, 256, 256}, score, score, {});
}

TEST_CASE("three warpgroups take turns; rows, keys and widths with tails") {
  int asked = 0;
  int left_out = 0;
  causal_with_slope const score{331, 0.02F, &asked, &left_out};
  check_attention<f16, three>({1, 2, 1, 193, 524, 64, 128}, score, score, {});
  check_attention<f16, three>({1, 1, 1, 200, 130, 64, 72}, kernel::plain_score{}, as_it_is{},
                              {.sink = true});
}
