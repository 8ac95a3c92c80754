// SPDX-License-Identifier: Apache-2.0
/// @file Operands of attention have four axes.
// expected-error {{\[DS-ATTENTION-RANK\] attention\(q, k, v\): an operand is not \[batch, heads, length, width\]}}
// expected-error {{rank_of<.*queries, 4>.*rank_of<.*keys, 3>.*rank_of<.*values, 4>}}
#include <deepseek/attention/attention.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using keys = deepseek::dims<2, 5, 8>;
#else
using keys = deepseek::dims<1, 2, 5, 8>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<1, 2, 3, 8>> q;
  deepseek::tensor<float, keys> k;
  deepseek::tensor<float, deepseek::dims<1, 2, 5, 8>> v;
  auto const y = deepseek::attention(q, k, v);
  (void)y;
}
