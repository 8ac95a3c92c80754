// SPDX-License-Identifier: Apache-2.0
/// @file The text of einsum has letters, commas and an arrow.
// expected-error {{\[DS-EINSUM-TEXT\] einsum.*: a character is no letter}}
// expected-error {{letter_is<('\.'|\(char\)46|46)>}}
#include <deepseek/ops/einsum.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
#define TEXT "ij,jk...->ik"
#else
#define TEXT "ij,jk->ik"
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> a;
  deepseek::tensor<float, deepseek::dims<3, 4>> b;
  auto const y = deepseek::einsum<TEXT>(a, b);
  (void)y;
}
