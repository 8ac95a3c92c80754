// SPDX-License-Identifier: Apache-2.0
/// @file c = a b of fp8 with scales of blocks of 128, summed up in two levels; by copies as bf16.
// architectures: sm_90a
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/kernel/matmul_wgmma.hpp>

namespace ds = deepseek;
using ds::arch::gpu::major_axis;
using matmul_wgmma_fp8_blocks =
    ds::kernel::matmul_wgmma<ds::fp8_e4m3, ds::fp8_e4m3, ds::kernel::wgmma_store<ds::bf16>,
                             ds::kernel::matmul_wgmma_config{
                                 .rows = 128,
                                 .columns = 128,
                                 .stages = 6,
                                 .cluster_rows = 2,
                                 .sums = ds::kernel::wgmma_sums::promoted},
                             major_axis::k, major_axis::k, ds::kernel::block_scales>;
static_assert(sizeof(matmul_wgmma_fp8_blocks::shared_plan) <= 232448);

template __global__ void ds::detail::run_kernel<matmul_wgmma_fp8_blocks>(
    __grid_constant__ matmul_wgmma_fp8_blocks const);
