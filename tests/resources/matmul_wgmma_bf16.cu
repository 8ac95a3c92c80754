// SPDX-License-Identifier: Apache-2.0
/// @file c = a b of bf16: tiles of 128 x 256 of two consumers, a cluster of two shares b; by copies.
// architectures: sm_90a
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/kernel/matmul_wgmma.hpp>

namespace ds = deepseek;
using matmul_wgmma_bf16 =
    ds::kernel::matmul_wgmma<ds::bf16, ds::bf16, ds::kernel::wgmma_store<ds::bf16>,
                             ds::kernel::matmul_wgmma_config{
                                 .rows = 128, .columns = 256, .stages = 4, .cluster_rows = 2}>;
static_assert(sizeof(matmul_wgmma_bf16::shared_plan) <= 232448);

template __global__ void ds::detail::run_kernel<matmul_wgmma_bf16>(
    __grid_constant__ matmul_wgmma_bf16 const);
