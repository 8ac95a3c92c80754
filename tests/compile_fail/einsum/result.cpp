// SPDX-License-Identifier: Apache-2.0
/// @file Letters of the result of einsum are those of its operands.
// expected-error {{\[DS-EINSUM-RESULT\] einsum.*: a letter of the result}}
// expected-error {{letter_is<('x'|\(char\)120|120)>}}
#include <deepseek/ops/einsum.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
#define TEXT "ij,jk->ix"
#else
#define TEXT "ij,jk->ik"
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> a;
  deepseek::tensor<float, deepseek::dims<3, 4>> b;
  auto const y = deepseek::einsum<TEXT>(a, b);
  (void)y;
}
