// SPDX-License-Identifier: Apache-2.0
/// @file y = silu(a b + bias) * gate of bf16 as one kernel: the sums go through the expression in rows.
// architectures: sm_90a
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/exec/detail/product_run.hpp>
#include <deepseek/kernel/matmul_wgmma.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/plan/names.hpp>

namespace ds = deepseek;
using matrix = ds::view<ds::bf16 const, ds::dims<ds::dyn, 4096>>;
using weights = ds::view<ds::bf16 const, ds::dims<4096, 4096>>;
using row = ds::view<ds::bf16 const, ds::dims<4096>>;
using target = ds::view<ds::bf16, ds::dims<ds::dyn, 4096>>;

using expression = decltype(ds::silu(ds::matmul(std::declval<matrix>(), std::declval<weights>()) +
                                     std::declval<row>()) *
                            std::declval<matrix>());
using root = decltype(ds::detail::with_targets(std::declval<expression const&>(),
                                               std::declval<ds::arguments<target> const&>(),
                                               ds::memory_space::device));
using product = ds::plan::product_t<root>;
using held = decltype(ds::plan::with_leaf(
    std::declval<root const&>(), std::declval<ds::detail::held_product<product> const&>()));
using program = ds::plan::gpu::product_program<ds::plan::isolated_t<held>, ds::bf16, ds::bf16,
                                               float, ds::plan::gpu::product_options{}>;
using epilogue = ds::plan::gpu::program_epilogue<program::root, program::S, float, 8>;
using matmul_wgmma_silu_gate =
    ds::kernel::matmul_wgmma<ds::bf16, ds::bf16, epilogue,
                             ds::kernel::matmul_wgmma_config{
                                 .rows = 128, .columns = 256, .stages = 4, .cluster_rows = 2},
                             ds::arch::gpu::major_axis::k, ds::arch::gpu::major_axis::mn>;
static_assert(sizeof(matmul_wgmma_silu_gate::shared_plan) <= 232448);

template __global__ void ds::detail::run_kernel<matmul_wgmma_silu_gate>(
    __grid_constant__ matmul_wgmma_silu_gate const);
