// SPDX-License-Identifier: Apache-2.0
/// @file y = silu(rms_norm(x, gain) dequantize(codes, scale) + bias) * gate + residual of bf16 by mma:
/// both operands are computed where tiles are filled; a kernel before has summed up squares of rows.
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/exec/detail/product_run.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/quantize.hpp>
#include <deepseek/ops/rms_norm.hpp>

namespace ds = deepseek;
namespace gpu = ds::plan::gpu;
using matrix = ds::dims<ds::dyn, ds::dyn>;
using operand = ds::view<ds::bf16 const, matrix>;
using row = ds::view<ds::bf16 const, ds::dims<ds::dyn>>;
using codes = ds::view<std::int8_t const, matrix>;
using expression =
    decltype(ds::silu(ds::matmul(ds::rms_norm(std::declval<operand>(), std::declval<row>()),
                                 ds::dequantize(std::declval<codes>(), std::declval<row>())) +
                      std::declval<row>()) *
                 std::declval<operand>() +
             std::declval<operand>());
using root = decltype(ds::detail::with_targets(
    std::declval<expression const&>(),
    std::declval<ds::arguments<ds::view<ds::bf16, matrix>> const&>(), ds::memory_space::device));
using product = ds::plan::product_t<root>;
using held_root = decltype(ds::plan::with_leaf(
    std::declval<root const&>(), std::declval<ds::detail::held_product<product> const&>()));
template <int I>
using maps = decltype(ds::plan::with_statistics(
    std::declval<ds::expr::operand_t<product, I> const&>(), ds::plan::empty_scope{},
    std::declval<ds::plan::types_only&>()));
using left = gpu::lowered_operand<maps<0>, 2, ds::bf16, true>;
using right = gpu::lowered_operand<maps<1>, 2, ds::bf16, false>;
using program = gpu::product_program<held_root, ds::bf16, ds::bf16, float,
                                     gpu::product_options{gpu::known_neighbours::along_k,
                                                          gpu::known_neighbours::along_rows},
                                     left, right>;
using matmul_bf16_norm_int8 = ds::kernel::matmul_mma<
    ds::bf16, ds::bf16, gpu::program_epilogue<program::root, program::S, float, 8>,
    gpu::mma_computed_tiles[0], ds::kernel::operand_path::copies_along_k,
    ds::kernel::operand_path::copies_along_rows, left::source<8>, right::source<8>>;

template __global__ void ds::detail::run_kernel<matmul_bf16_norm_int8>(
    __grid_constant__ matmul_bf16_norm_int8 const);
