// SPDX-License-Identifier: Apache-2.0
/// @file total += x: by shuffles, shared memory and one atomic of a block.
#include <deepseek/arch/gpu/atomic.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/gpu/warp.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>

namespace gpu = deepseek::arch::gpu;

struct warp_sums {
  struct shared_plan {
    gpu::shared_array<float, 8> of_warp;
  };
  static constexpr int threads = 256;
  static constexpr char const* name = "warp_sums";
  float const* x;
  float* total;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    int const thread = gpu::thread_rank();
    float const value = gpu::load(x + (gpu::block_index().x * threads + thread));
    float const of_warp = gpu::warp_reduce(value, [](float a, float b) { return a + b; });
    if (gpu::lane_rank() == 0) shared.of_warp[gpu::warp_rank()] = of_warp;
    gpu::sync_block();
    if (thread == 0) {
      float sum = 0;
      for (int w = 0; w < 8; ++w) sum += shared.of_warp[w];
      gpu::atomic_add(total, sum);
    }
  }
};

template __global__ void deepseek::detail::run_kernel<warp_sums>(__grid_constant__ warp_sums const);
