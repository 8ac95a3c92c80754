// SPDX-License-Identifier: Apache-2.0
/// @file The text of einsum has a letter for each axis.
// expected-error {{\[DS-EINSUM-RANK\] einsum}}
// expected-error {{rank_of<.*second, .*2>.*letters_of<.*second, .*3>}}
#include <deepseek/ops/einsum.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
#define TEXT "ij,jkl->ik"
#else
#define TEXT "ij,jk->ik"
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> a;
  deepseek::tensor<float, deepseek::dims<3, 4>> b;
  auto const y = deepseek::einsum<TEXT>(a, b);
  (void)y;
}
