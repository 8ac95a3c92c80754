// SPDX-License-Identifier: Apache-2.0
/// @file A verb made of reductions says once that an axis is not the operand's.
// expected-error {{\[DS-AXES-RANGE\] an axis is outside the operand's rank, or named twice}}
// expected-error {{rank_of<.*first, .*2>.*axes_t<2>}}
#include <deepseek/ops/softmax.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int axis = 2;
#else
constexpr int axis = 1;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  auto const e = deepseek::softmax(x * 2.f, deepseek::axes<axis>);
  (void)e;
}
