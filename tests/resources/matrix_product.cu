// SPDX-License-Identifier: Apache-2.0
/// @file c = a b of one warp: 16 x 64 by 64 x 8 of bf16: copies to shared memory on their way, ldmatrix, mma.
#include <deepseek/arch/gpu/async_copy.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/ldmatrix.hpp>
#include <deepseek/arch/gpu/mma.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/bfloat16.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>

namespace gpu = deepseek::arch::gpu;

struct matrix_product {
  using bf16 = deepseek::bf16;
  using eight = gpu::vec<bf16, 8>;
  static constexpr int inner = 64;
  static constexpr int row_chunks = inner / 8;
  struct shared_plan {
    gpu::shared_array<eight, 16 * row_chunks> a;
    gpu::shared_array<eight, 8 * row_chunks> b;
  };
  static constexpr int threads = 32;
  static constexpr char const* name = "matrix_product";
  eight const* a;         // [16, 64]
  eight const* b;         // [8, 64]: columns
  gpu::vec<float, 2>* c;  // [16, 8]

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    int const lane = gpu::lane_rank();
    for (int i = 0; i < 4; ++i) gpu::copy_async(shared.a[lane + 32 * i], a + lane + 32 * i);
    for (int i = 0; i < 2; ++i) gpu::copy_async(shared.b[lane + 32 * i], b + lane + 32 * i);
    gpu::commit_copies();
    gpu::wait_copies<0>();
    gpu::sync_block();
    gpu::fragment_c<float> sum{};
    for (int k = 0; k < row_chunks; k += 2) {
      auto const of_a = gpu::ldmatrix<4>(shared.a[lane % 16 * row_chunks + k + lane / 16]);
      auto const of_b = gpu::ldmatrix<2>(shared.b[lane % 8 * row_chunks + k + lane / 8 % 2]);
      gpu::fragment_a<bf16, 16> left;
      gpu::fragment_b<bf16, 16> right;
      for (int r = 0; r < 4; ++r) left.word[r] = of_a.word[r];
      for (int r = 0; r < 2; ++r) right.word[r] = of_b.word[r];
      sum = gpu::mma(left, right, sum);
    }
    gpu::store(c + lane, {sum[0], sum[1]});
    gpu::store(c + 32 + lane, {sum[2], sum[3]});
  }
};

template __global__ void deepseek::detail::run_kernel<matrix_product>(
    __grid_constant__ matrix_product const);
