// SPDX-License-Identifier: Apache-2.0
/// @file y = x + bias, [n, c] + [c]: two axes to walk, one division by a product.
// budget: instructions
#include <deepseek/ops/arithmetic.hpp>

#include "expression_kernel.hpp"

namespace ds = deepseek;
using grid = ds::dims<ds::dyn, ds::dyn>;
using expression = decltype(std::declval<ds::view<float const, grid>>() +
                            std::declval<ds::view<float const, ds::dims<ds::dyn>>>());
using program = ds::test::program_of<ds::view<float, grid>, expression>;
using walk = ds::kernel::axes_walk<program::S>;
using broadcast_add = ds::kernel::elementwise<program::root, program::S, 4, 4, walk>;

template __global__ void ds::detail::run_kernel<broadcast_add>(
    __grid_constant__ broadcast_add const);
