// SPDX-License-Identifier: Apache-2.0
/// @file Operands of matmul have two axes at least.
// expected-error {{\[DS-MATMUL-RANK\] matmul.*: an operand has less than two axes}}
// expected-error {{rank_of<.*b_k_by_n, .*1>}}
#include <deepseek/ops/matmul.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using second = deepseek::dims<3>;
#else
using second = deepseek::dims<3, 1>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> a;
  deepseek::tensor<float, second> b;
  auto const y = deepseek::matmul(a, b);
  (void)y;
}
