// SPDX-License-Identifier: Apache-2.0
/// @file y = x by loads and stores of 16 bytes, four a thread at once.
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>

namespace gpu = deepseek::arch::gpu;

struct vector_copy {
  using shared_plan = deepseek::kernel::no_shared;
  using four = gpu::vec<float, 4>;
  static constexpr int threads = 256;
  static constexpr int at_once = 4;
  static constexpr char const* name = "vector_copy";
  four const* x;
  four* y;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    int const first = gpu::block_index().x * threads * at_once + gpu::thread_rank();
    four held[at_once];
    for (int i = 0; i < at_once; ++i)
      held[i] = gpu::load<gpu::reuse::none>(x + first + i * threads);
    for (int i = 0; i < at_once; ++i)
      gpu::store<gpu::reuse::none>(y + first + i * threads, held[i]);
  }
};

template __global__ void deepseek::detail::run_kernel<vector_copy>(
    __grid_constant__ vector_copy const);
