// SPDX-License-Identifier: Apache-2.0
/// @file Linked into GPU tests: they are skipped, with the reason, where no GPU can run them.
#include <cuda_runtime_api.h>

/// See main.cpp.
extern "C" char const* deepseek_test_skip_reason() {
  int count = 0;
  cudaError_t const status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) return cudaGetErrorString(status);
  return count == 0 ? "no CUDA device" : nullptr;
}
