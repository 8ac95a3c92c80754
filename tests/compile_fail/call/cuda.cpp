// SPDX-License-Identifier: Apache-2.0
/// @file Attention on a GPU needs the header with its kernels; other compilers know the words of the error
/// alone.
// expected-error {{\[DS-CALL-CUDA\] there is no kernel for this call}}
#include <deepseek/attention/attention.hpp>
#include <deepseek/exec/host_attention.hpp>

#if defined(__CUDACC__)
#include <deepseek/exec/cuda.cuh>
#ifdef DEEPSEEK_EXPECT_ERROR
using executor = deepseek::cuda;
#else
using executor = deepseek::host;
#endif
void attend(deepseek::tensor<float, deepseek::dims<1, 1, 2, 8>>& q) {
  deepseek::tensor<float, deepseek::dims<1, 1, 2, 8>> y;
  (y = deepseek::attention(q, q, q)).run(executor{});
}
#elif defined(DEEPSEEK_EXPECT_ERROR)
#error "[DS-CALL-CUDA] there is no kernel for this call"
#endif

int main() {}
