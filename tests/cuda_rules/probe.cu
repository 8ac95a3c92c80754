// SPDX-License-Identifier: Apache-2.0
/// @file A kernel and a record of the options that cuda_library passed on.
#include <deepseek/base/config.hpp>

#include <cub/version.cuh>
#include <thrust/version.h>

#include <probe.hpp>

#define TEXT_OF(...) #__VA_ARGS__
#define TEXT(...) TEXT_OF(__VA_ARGS__)

DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float twice(float x) { return 2.0f * x; }

__global__ void double_in_place(float* x, int n) {
  int const i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) x[i] = twice(x[i]);
}

probe ask_probe() {
  return {TEXT(__CUDA_ARCH_LIST__), PROBE_DEFINE, PROBE_LOCAL_DEFINE, PROBE_DEVICE_OPTION,
          PROBE_HOST_OPTION,        CUB_VERSION,  THRUST_VERSION};
}
