// SPDX-License-Identifier: Apache-2.0
/// @file A remainder is one of integers.
// expected-error {{\[DS-REMAINDER-DTYPE\] a % b: an operand has no integers}}
// expected-error {{divisor, float}}
#include <deepseek/ops/remainder.hpp>
#include <deepseek/tensor/tensor.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using element = float;
#else
using element = int;
#endif

int main() {
  deepseek::tensor<int, deepseek::dims<4>> a;
  deepseek::tensor<element, deepseek::dims<4>> b;
  auto const y = a % b;
  (void)y;
}
