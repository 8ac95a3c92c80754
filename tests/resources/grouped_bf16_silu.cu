// SPDX-License-Identifier: Apache-2.0
/// @file y = silu(grouped_matmul(x, w, offsets)) of bf16 by mma: blocks look for their group.
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/exec/detail/grouped_run.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/grouped_matmul.hpp>

#include "expression_kernel.hpp"

namespace ds = deepseek;
namespace gpu = ds::plan::gpu;
using matrix = ds::dims<ds::dyn, ds::dyn>;
using operand = ds::view<ds::bf16 const, matrix>;
using matrices = ds::view<ds::bf16 const, ds::dims<ds::dyn, ds::dyn, ds::dyn>>;
using offsets = ds::view<int const, ds::dims<ds::dyn>>;
using expression = decltype(ds::silu(ds::grouped_matmul(
    std::declval<operand>(), std::declval<matrices>(), std::declval<offsets>())));
using root = decltype(ds::detail::with_targets(
    std::declval<expression const&>(),
    std::declval<ds::arguments<ds::view<ds::bf16, matrix>> const&>(), ds::memory_space::device));
using held_root = decltype(ds::plan::with_leaf(
    std::declval<root const&>(),
    std::declval<ds::detail::held_product<ds::plan::product_t<root>> const&>()));
using program = gpu::grouped_program<
    held_root, ds::bf16, ds::bf16, float,
    gpu::product_options{gpu::known_neighbours::along_k, gpu::known_neighbours::along_rows}, int>;
using path = ds::kernel::operand_path;
using grouped_bf16_silu =
    ds::kernel::matmul_mma<ds::bf16, ds::bf16,
                           gpu::program_epilogue<program::root, program::S, float, 8>,
                           gpu::mma_tiles[0], path::copies_along_k, path::copies_along_rows,
                           ds::kernel::in_memory, ds::kernel::in_memory, ds::tile::group_walk<int>>;

template __global__ void ds::detail::run_kernel<grouped_bf16_silu>(
    __grid_constant__ grouped_bf16_silu const);
