// SPDX-License-Identifier: Apache-2.0
/// @file vector_copy in plain CUDA.

struct arguments {
  float4 const* x;
  float4* y;
};

__global__ void __launch_bounds__(256) vector_copy(__grid_constant__ arguments const a) {
  int const first = blockIdx.x * 1024 + threadIdx.x;
  float4 held[4];
  for (int i = 0; i < 4; ++i) held[i] = __ldcs(a.x + first + i * 256);
  for (int i = 0; i < 4; ++i) __stcs(a.y + first + i * 256, held[i]);
}
