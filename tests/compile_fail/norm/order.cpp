// SPDX-License-Identifier: Apache-2.0
/// @file The norms are those of order 1 and 2 and the greatest magnitude.
// expected-error {{\[DS-NORM-ORDER\] norm_order<N>: N is 1 or 2}}
#include <deepseek/ops/moments.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int order = 3;
#else
constexpr int order = 1;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  auto const e = deepseek::norm(x, deepseek::last, deepseek::norm_order<order>);
  (void)e;
}
