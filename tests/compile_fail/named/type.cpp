// SPDX-License-Identifier: Apache-2.0
/// @file One name is one tensor: of one type.
// expected-error {{\[DS-NAMED-TYPE\] one name stands for tensors of two types\. Fix: a name for each\.}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using other = deepseek::dims<1, 3>;
#else
using other = deepseek::dims<2, 3>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x, y;
  deepseek::view<float const, other> const z{x.data(), other{}};
  deepseek::view<float const, deepseek::dims<2, 3>> const same{x.data(), {}};
  (y = deepseek::named<"x">(same) + deepseek::named<"x">(z)).run(deepseek::host{});
}
