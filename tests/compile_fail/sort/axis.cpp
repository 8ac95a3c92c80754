// SPDX-License-Identifier: Apache-2.0
/// @file An axis is known when compiling.
// expected-error {{\[DS-AXES-VALUE\] an axis must be known when compiling}}
#include <deepseek/ops/sort.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int along = 0;
#else
constexpr auto along = deepseek::axes<0>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  auto const e = deepseek::sort(x, deepseek::sort_order::ascending, along);
  (void)e;
}
