// SPDX-License-Identifier: Apache-2.0
/// @file c = a b of f16, both along rows: tiles of 128 x 128 of two consumers in turn; sums go out as floats.
// architectures: sm_90a
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/exec/detail/cuda_launch.cuh>
#include <deepseek/kernel/matmul_wgmma.hpp>

namespace ds = deepseek;
namespace gpu = ds::arch::gpu;

struct four_floats {
  static constexpr int width = 4;
  float* c;
  std::int64_t matrix;
  std::int64_t stride;
  template <class Values>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(int x, int i, int j, Values const& v) const {
    gpu::vec<float, 4> const four{{v[0], v[1], v[2], v[3]}};
    gpu::store(reinterpret_cast<gpu::vec<float, 4>*>(c + x * matrix + i * stride + j), four);
  }
};
using matmul_wgmma_f16_turns =
    ds::kernel::matmul_wgmma<ds::f16, ds::f16, four_floats,
                             ds::kernel::matmul_wgmma_config{
                                 .rows = 128, .columns = 128, .stages = 6, .alternate = true},
                             gpu::major_axis::mn, gpu::major_axis::mn>;
static_assert(sizeof(matmul_wgmma_f16_turns::shared_plan) <= 232448);

template __global__ void ds::detail::run_kernel<matmul_wgmma_f16_turns>(
    __grid_constant__ matmul_wgmma_f16_turns const);
