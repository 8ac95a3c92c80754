// SPDX-License-Identifier: Apache-2.0
/// @file No row is shorter than k.
// expected-error {{\[DS-TOP-K-STATIC\] top_k<k>\(x\[..., n\]\): a row has less than k elements}}
// expected-error {{extent_of<.*first, 3L?>}}
// expected-error {{extent_of<.*second, 4L?>}}
#include <deepseek/ops/top_k.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int k = 4;
#else
constexpr int k = 3;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  auto const e = deepseek::top_k<k>(x);
  (void)e;
}
