// SPDX-License-Identifier: Apache-2.0
/// @file y = softmax(x) over rows of 32768 in bf16: the row stays in shared memory, of one block or of
/// those of a cluster.
#include <deepseek/ops/softmax.hpp>

#include "expression_kernel.hpp"

namespace ds = deepseek;
using rows = ds::dims<ds::dyn, 32768>;
using expression = decltype(ds::softmax(std::declval<ds::view<ds::bf16 const, rows>>()));
using program = ds::test::program_of<ds::view<ds::bf16, rows>, expression>;
using softmax_32768 =
    ds::kernel::row_program<program::root, program::S, 512, 8, 2, ds::kernel::row_reader::shared>;

template __global__ void ds::detail::run_kernel<softmax_32768>(
    __grid_constant__ softmax_32768 const);
