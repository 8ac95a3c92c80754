// SPDX-License-Identifier: Apache-2.0
/// @file Blocks fill the last axis.
// expected-error {{\[DS-BLOCKS-STATIC\] blocks<size>\(x\[..., n\]\): size does not divide n}}
// expected-error {{extent_of<.*second, 4L?>}}
#include <deepseek/ops/blocks.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int size = 4;
#else
constexpr int size = 3;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 6>> x;
  auto const e = deepseek::blocks<size>(x);
  (void)e;
}
