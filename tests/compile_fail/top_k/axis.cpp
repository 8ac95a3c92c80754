// SPDX-License-Identifier: Apache-2.0
/// @file top_k goes along one axis.
// expected-error {{\[DS-CALL-AXIS\] top_k, sort, argsort go along one axis}}
// expected-error {{axes_t<0, 1>}}
#include <deepseek/ops/top_k.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr auto along = deepseek::axes<0, 1>;
#else
constexpr auto along = deepseek::axes<0>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  auto const e = deepseek::top_k(x, 2, {}, along);
  (void)e;
}
