// SPDX-License-Identifier: Apache-2.0
/// @file Causal attention of bf16 by wgmma, of heads 128 wide, with slopes of distances: two consumers.
// architectures: sm_90a
#include <deepseek/kernel/attention_wgmma.hpp>

#include "attention_kernel.hpp"

namespace ds = deepseek;
using score_function =
    decltype(ds::score::alibi(std::declval<ds::tensor<float, ds::dims<ds::dyn>>&>()) |
             ds::score::causal);
using attention = ds::test::attention_kernel<ds::bf16, 128, score_function>;
using attention_wgmma_128 = ds::kernel::attention_wgmma<
    ds::bf16, ds::kernel::attention_operands<ds::bf16, attention::keys, ds::bf16>,
    attention::program::score_of_kernel, ds::kernel::attention_wgmma_config{2, 128, 128, 128, 2}>;

template __global__ void ds::detail::run_kernel<attention_wgmma_128>(
    __grid_constant__ attention_wgmma_128 const);
