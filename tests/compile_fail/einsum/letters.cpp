// SPDX-License-Identifier: Apache-2.0
/// @file An einsum has at most 8 letters.
// expected-error {{\[DS-EINSUM-AXES\] einsum: the text has more than 8}}
#include <deepseek/ops/einsum.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
#define TEXT "abcde,efghi->abhi"
#else
#define TEXT "abcde,cdefg->abefg"
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 2, 2, 2, 2>> a, b;
  auto const y = deepseek::einsum<TEXT>(a, b);
  (void)y;
}
