// SPDX-License-Identifier: Apache-2.0
/// @file The kernel of a call of attention, of heads of Width, with a score function F.
#pragma once
#include <deepseek/attention/biases.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/plan/gpu/attention_program.hpp>

#include <type_traits>

namespace deepseek::test {

template <class T, int Width, class F> struct attention_kernel {
  using keys = kernel::keys_in_memory<T, T>;
  using extents = dims<dyn, dyn, dyn, dyn>;
  using score_type = decltype(score::of(std::declval<F const&>(), std::declval<extents const&>()));
  using program = plan::gpu::attention_program<score_type, extents, T, keys,
                                               plan::gpu::attention_widths{Width, Width}>;
  template <int Rows>
  using mma = kernel::attention_mma<
      T, kernel::attention_operands<T, keys, T>, typename program::score_of_kernel,
      kernel::attention_config{Rows, plan::gpu::attention_keys(Width, Width), Width, Width,
                               plan::gpu::attention_warp_rows(Width, Width)}>;
};

}  // namespace deepseek::test
