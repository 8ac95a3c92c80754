// SPDX-License-Identifier: Apache-2.0
/// @file y[b] = sum of 1024 elements of x, each loaded once, in 16 bytes; through tile/block_reduce.hpp.
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/tile/block_reduce.hpp>

namespace gpu = deepseek::arch::gpu;

struct block_sum {
  struct shared_plan {
    deepseek::tile::block_reduce_scratch<float, 8> scratch;
  };
  static constexpr int threads = 256;
  static constexpr char const* name = "block_sum";
  gpu::vec<float, 4> const* x;
  float* y;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    int const block = gpu::block_index().x;
    auto const part = gpu::load(x + block * threads + gpu::thread_rank());
    float const sum =
        deepseek::tile::block_reduce_once((part[0] + part[1]) + (part[2] + part[3]),
                                          [](float a, float b) { return a + b; }, shared.scratch);
    if (gpu::thread_rank() == 0) gpu::store(y + block, sum);
  }
};

template __global__ void deepseek::detail::run_kernel<block_sum>(__grid_constant__ block_sum const);
