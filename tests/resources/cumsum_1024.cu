// SPDX-License-Identifier: Apache-2.0
/// @file y = cumsum(x) over rows of 1024: scanned once, two barriers a row.
#include <deepseek/ops/cumsum.hpp>

#include "expression_kernel.hpp"

namespace ds = deepseek;
using rows = ds::dims<ds::dyn, 1024>;
using expression = decltype(ds::cumsum(std::declval<ds::view<float const, rows>>(), ds::last));
using program = ds::test::program_of<ds::view<float, rows>, expression>;
using cumsum_1024 =
    ds::kernel::row_program<program::root, program::S, 256, 4, 4, ds::kernel::row_reader::held>;

template __global__ void ds::detail::run_kernel<cumsum_1024>(__grid_constant__ cumsum_1024 const);
