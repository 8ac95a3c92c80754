// SPDX-License-Identifier: Apache-2.0
/// @file An axis is reduced once, also where it is counted from either end.
// expected-error {{\[DS-AXES-RANGE\] an axis is outside the operand's rank, or named twice}}
#include <deepseek/expr/reduce.hpp>
#include <deepseek/ops/reduce_rules.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr auto along = deepseek::axes<1, -1>;
#else
constexpr auto along = deepseek::axes<0, -1>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  auto const most = deepseek::expr::reduce<deepseek::rules::max>(x, along);
  (void)most;
}
