// SPDX-License-Identifier: Apache-2.0
/// @file Reduced axes are the operand's.
// expected-error {{\[DS-AXES-RANGE\] an axis is outside the operand's rank, or named twice}}
// expected-error {{rank_of<.*first, .*2>.*axes_t<2>}}
#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/reduce_rules.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int axis = 2;
#else
constexpr int axis = -2;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  auto const sum = deepseek::expr::reduce<deepseek::rules::sum>(x, deepseek::axes<axis>);
  (void)sum;
}
