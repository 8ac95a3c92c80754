// SPDX-License-Identifier: Apache-2.0
/// @file y = softmax(x * scale) over rows of 1024: the row stays in registers.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/softmax.hpp>

#include "expression_kernel.hpp"

namespace ds = deepseek;
using rows = ds::dims<ds::dyn, 1024>;
using expression = decltype(ds::softmax(std::declval<ds::view<float const, rows>>() * 0.125f));
using program = ds::test::program_of<ds::view<float, rows>, expression>;
using softmax_1024 =
    ds::kernel::row_program<program::root, program::S, 256, 4, 4, ds::kernel::row_reader::held>;

template __global__ void ds::detail::run_kernel<softmax_1024>(__grid_constant__ softmax_1024 const);
