// SPDX-License-Identifier: Apache-2.0
/// @file A remainder is one of integers.
// expected-error {{\[DS-REMAINDER-DTYPE\] a % b: an operand has no integers}}
// expected-error {{divisor, float}}
#include <deepseek/ops/remainder.hpp>
#include <deepseek/tensor/tensor.hpp>

int main() {
  deepseek::tensor<int, deepseek::dims<4>> a;
#ifdef DEEPSEEK_EXPECT_ERROR
  deepseek::tensor<float, deepseek::dims<4>> b;
#else
  deepseek::tensor<int, deepseek::dims<4>> b;
#endif
  auto const y = a % b;
  return y.rank == 9 ? 1 : 0;
}
