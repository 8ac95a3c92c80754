// SPDX-License-Identifier: Apache-2.0
/// @file A running sum goes along one axis.
// expected-error {{\[DS-SCAN-AXIS\] a running sum goes along one axis}}
// expected-error {{axes_t<0, 1>}}
#include <deepseek/ops/cumsum.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr auto along = deepseek::axes<0, 1>;
#else
constexpr auto along = deepseek::axes<0>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  auto const e = deepseek::cumsum(x, along);
  (void)e;
}
