// SPDX-License-Identifier: Apache-2.0
/// @file y = gelu(x * a + b), elementwise: accesses of 16 bytes, four of them on their way.
// budget: instructions
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>

#include "expression_kernel.hpp"

namespace ds = deepseek;
using line = ds::dims<ds::dyn>;
using operand = ds::view<float const, line>;
using expression = decltype(ds::gelu(std::declval<operand>() * std::declval<operand>() + 1.f));
using program = ds::test::program_of<ds::view<float, line>, expression>;
using walk = ds::kernel::lane_walk<program::S>;
using gelu_chain = ds::kernel::elementwise<program::root, program::S, 4, 4, walk>;

template __global__ void ds::detail::run_kernel<gelu_chain>(__grid_constant__ gelu_chain const);
