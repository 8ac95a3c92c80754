// SPDX-License-Identifier: Apache-2.0
/// @file Sorts on a GPU are in a header of their own; other compilers know the words of the error alone.
// expected-error {{\[DS-CALL-CUDA\] this call is an algorithm of the CUDA toolkit, in a header of its own}}
#include <deepseek/ops/sort.hpp>

#if defined(__CUDACC__)
#include <deepseek/exec/cuda.cuh>
#ifndef DEEPSEEK_EXPECT_ERROR
#include <deepseek/exec/cuda_sort.cuh>
#endif
void sort(deepseek::tensor<float, deepseek::dims<6>>& x) {
  (x = deepseek::sort(x)).run(deepseek::cuda{});
}
#elif defined(DEEPSEEK_EXPECT_ERROR)
#error "[DS-CALL-CUDA] this call is an algorithm of the CUDA toolkit, in a header of its own"
#endif

int main() {}
