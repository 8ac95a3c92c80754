// SPDX-License-Identifier: Apache-2.0
/// @file A number after the operands of a norm is an axis, not an epsilon.
// expected-error {{\[DS-AXES-VALUE\] an axis must be known when compiling}}
#include <deepseek/ops/layer_norm.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int along = -1;
#else
constexpr auto along = deepseek::last;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  deepseek::tensor<float, deepseek::dims<3>> gain, bias;
  auto const e = deepseek::layer_norm(x, gain, bias, along);
  (void)e;
}
