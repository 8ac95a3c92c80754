// SPDX-License-Identifier: Apache-2.0
/// @file y = e: floating values become integers only where a cast says so.
// expected-error {{\[DS-ASSIGN-DTYPE\] y = e: e is floating and y holds integers}}
// expected-error {{dtype_is<(int|signed int|int32_t|std::int32_t)>.*dtype_is<float>}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using element = std::int32_t;
#else
using element = deepseek::f16;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  deepseek::tensor<element, deepseek::dims<2, 3>> y;
  (y = x + 1.f).run(deepseek::host{});
}
