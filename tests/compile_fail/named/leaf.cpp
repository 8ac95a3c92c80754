// SPDX-License-Identifier: Apache-2.0
/// @file A name is for a tensor or a view; an expression gets its identity by let.
// expected-error {{\[DS-NAMED-LEAF\] named<name>\(t\): t must be a tensor or a view\. Fix: let\(e, f\)\.}}
#include <deepseek/expr/bind.hpp>
#include <deepseek/ops/arithmetic.hpp>

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const e = deepseek::named<"x">(x + 1.f);
#else
  auto const e = deepseek::named<"x">(x);
#endif
  (void)e;
}
