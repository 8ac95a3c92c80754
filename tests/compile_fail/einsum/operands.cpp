// SPDX-License-Identifier: Apache-2.0
/// @file The text of einsum has an operand for each that is given.
// expected-error {{\[DS-EINSUM-OPERANDS\] einsum}}
// expected-error {{letters_of<.*first, .*1>.*letters_of<.*second, .*2>}}
#include <deepseek/ops/einsum.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
#define TEXT "ij->ij"
#else
#define TEXT "ij,jk->ik"
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> a;
  deepseek::tensor<float, deepseek::dims<3, 4>> b;
  auto const y = deepseek::einsum<TEXT>(a, b);
  (void)y;
}
