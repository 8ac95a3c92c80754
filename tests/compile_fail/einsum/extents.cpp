// SPDX-License-Identifier: Apache-2.0
/// @file Axes of one letter have one extent.
// expected-error {{\[DS-EINSUM-EXTENT\] einsum.*: axes of one letter}}
// expected-error {{letter_is<('j'|\(char\)106|106)>.*extents_of<.*, 2L?, 3L?>.*extents_of<.*, 3L?, 4L?>}}
#include <deepseek/ops/einsum.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
#define TEXT "ij,kj->ik"
#else
#define TEXT "ij,jk->ik"
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> a;
  deepseek::tensor<float, deepseek::dims<3, 4>> b;
  auto const y = deepseek::einsum<TEXT>(a, b);
  (void)y;
}
