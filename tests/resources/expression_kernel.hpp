// SPDX-License-Identifier: Apache-2.0
/// @file expression_kernel: the kernel that plan/ makes of an expression, as a type.
#pragma once
#include <deepseek/exec/detail/assign_run.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/plan/gpu/program.hpp>
#include <deepseek/plan/names.hpp>

namespace deepseek::test {

/// program_of<Target, E>: of `Target = E`.
template <class Target, class E>
using program_of = plan::gpu::program<decltype(detail::with_targets(
    plan::resolve_names(std::declval<E const&>()), std::declval<arguments<Target> const&>(),
    memory_space::device))>;

}  // namespace deepseek::test
