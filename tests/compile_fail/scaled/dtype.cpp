// SPDX-License-Identifier: Apache-2.0
/// @file Scales are floating.
// expected-error {{\[DS-SCALED-DTYPE\] scaled\(x, s\): s is no f32}}
// expected-error {{dtype_is<(int|scale)>}}
#include <deepseek/ops/scaled.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using scale = int;
#else
using scale = float;
#endif

int main() {
  deepseek::tensor<deepseek::fp8_e4m3, deepseek::dims<2, 3>> a;
  deepseek::tensor<deepseek::fp8_e4m3, deepseek::dims<3, 4>> b;
  deepseek::tensor<scale, deepseek::dims<2, 1>> s;
  auto const y = deepseek::matmul(deepseek::scaled(a, s), b);
  (void)y;
}
