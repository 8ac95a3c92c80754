// SPDX-License-Identifier: Apache-2.0
/// @file y = silu(a b) of f32, whose factors are rounded to tf32, by mma.
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/exec/detail/product_run.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>

#include "expression_kernel.hpp"

namespace ds = deepseek;
namespace gpu = ds::plan::gpu;
using matrix = ds::dims<ds::dyn, ds::dyn>;
using operand = ds::view<float const, matrix>;
using expression = decltype(ds::silu(
    ds::matmul<ds::precision::tf32>(std::declval<operand>(), std::declval<operand>())));
using root = decltype(ds::detail::with_targets(
    std::declval<expression const&>(),
    std::declval<ds::arguments<ds::view<float, matrix>> const&>(), ds::memory_space::device));
using held_root = decltype(ds::plan::with_leaf(
    std::declval<root const&>(),
    std::declval<ds::detail::held_product<ds::plan::product_t<root>> const&>()));
using program = gpu::product_program<held_root, float, float, float,
                                     gpu::product_options{.a = gpu::known_neighbours::along_k,
                                                          .b = gpu::known_neighbours::along_rows,
                                                          .tf32 = true}>;
using matmul_tf32_silu =
    ds::kernel::matmul_mma<float, float, gpu::program_epilogue<program::root, program::S, float, 8>,
                           gpu::mma_tiles[0]>;

template __global__ void ds::detail::run_kernel<matmul_tf32_silu>(
    __grid_constant__ matmul_tf32_silu const);
