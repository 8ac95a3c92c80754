// SPDX-License-Identifier: Apache-2.0
/// @file Causal attention of bf16 by mma, of heads that are 64 wide, with slopes of distances.
#include "attention_kernel.hpp"

namespace ds = deepseek;
using score_function =
    decltype(ds::score::alibi(std::declval<ds::tensor<float, ds::dims<ds::dyn>>&>()) |
             ds::score::causal);
using attention_mma_64 = ds::test::attention_kernel<ds::bf16, 64, score_function>::mma<128>;

template __global__ void ds::detail::run_kernel<attention_mma_64>(
    __grid_constant__ attention_mma_64 const);
