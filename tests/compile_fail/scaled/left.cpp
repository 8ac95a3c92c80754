// SPDX-License-Identifier: Apache-2.0
/// @file Scales of the left operand of a product do not go along k, but in blocks.
// expected-error {{\[DS-SCALED-LEFT\] matmul\(scaled\(a\[\.\.\., m, k\], s\), b\): s does not suit a}}
// expected-error {{extents_of<.*first, 2L?, 256L?>.*extents_of<.*second, 2L?, 3L?>}}
#include <deepseek/ops/scaled.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using scales = deepseek::dims<2, 3>;
#else
using scales = deepseek::dims<2, 2>;
#endif

int main() {
  deepseek::tensor<deepseek::fp8_e4m3, deepseek::dims<2, 256>> a;
  deepseek::tensor<deepseek::fp8_e4m3, deepseek::dims<256, 4>> b;
  deepseek::tensor<float, scales> s;
  auto const y = deepseek::matmul(deepseek::scaled<128>(a, s), b);
  (void)y;
}
