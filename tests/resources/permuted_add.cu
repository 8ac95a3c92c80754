// SPDX-License-Identifier: Apache-2.0
/// @file y = permute(x) + z: x is read along its own rows and turned through shared memory.
// budget: instructions
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/permute.hpp>

#include "expression_kernel.hpp"

namespace ds = deepseek;
using grid = ds::dims<ds::dyn, ds::dyn>;
using operand = ds::view<float const, grid>;
using expression =
    decltype(ds::permute(std::declval<operand>(), ds::axes<1, 0>) + std::declval<operand>());
using program = ds::test::program_of<ds::view<float, grid>, expression>;
using permuted_add = ds::kernel::elementwise_tiles<program::root, program::S, 4, 4, false>;

template __global__ void ds::detail::run_kernel<permuted_add>(__grid_constant__ permuted_add const);
