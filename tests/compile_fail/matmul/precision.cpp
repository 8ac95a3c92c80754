// SPDX-License-Identifier: Apache-2.0
/// @file Products of tf32 are of f32.
// expected-error {{\[DS-MATMUL-PRECISION\] matmul<precision::tf32>\(a, b\): the product is not of f32}}
#include <deepseek/ops/matmul.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using element = double;
#else
using element = float;
#endif

int main() {
  deepseek::tensor<element, deepseek::dims<2, 3>> a;
  deepseek::tensor<element, deepseek::dims<3, 4>> b;
  auto const y = deepseek::matmul<deepseek::precision::tf32>(a, b);
  (void)y;
}
