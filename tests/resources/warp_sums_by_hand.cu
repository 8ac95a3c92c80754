// SPDX-License-Identifier: Apache-2.0
/// @file warp_sums in plain CUDA.

struct arguments {
  float const* x;
  float* total;
};

__global__ void __launch_bounds__(256) warp_sums(__grid_constant__ arguments const a) {
  __shared__ float of_warp[8];
  int const thread = threadIdx.x;
  float value = a.x[static_cast<int>(blockIdx.x) * 256 + thread];
  for (int bits = 16; bits > 0; bits /= 2) value += __shfl_xor_sync(0xffffffffu, value, bits);
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = value;
  __syncthreads();
  if (thread == 0) {
    float sum = 0;
    for (int w = 0; w < 8; ++w) sum += of_warp[w];
    atomicAdd(a.total, sum);
  }
}
