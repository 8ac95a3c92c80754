// SPDX-License-Identifier: Apache-2.0
/// @file y = rms_norm(x + residual, gain) over rows of 4096 in bf16: the row stays in registers.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/rms_norm.hpp>

#include "expression_kernel.hpp"

namespace ds = deepseek;
using rows = ds::dims<ds::dyn, 4096>;
using operand = ds::view<ds::bf16 const, rows>;
using gain = ds::view<ds::bf16 const, ds::dims<4096>>;
using expression =
    decltype(ds::rms_norm(std::declval<operand>() + std::declval<operand>(), std::declval<gain>()));
using program = ds::test::program_of<ds::view<ds::bf16, rows>, expression>;
using rms_norm_bf16 =
    ds::kernel::row_program<program::root, program::S, 256, 8, 2, ds::kernel::row_reader::held>;

template __global__ void ds::detail::run_kernel<rms_norm_bf16>(
    __grid_constant__ rms_norm_bf16 const);
