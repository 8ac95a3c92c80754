// SPDX-License-Identifier: Apache-2.0
/// @file y = e: e has no more axes than y.
// expected-error {{\[DS-ASSIGN-STATIC\] y = e: e does not broadcast to the extents of y}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using result = deepseek::dims<3>;
#else
using result = deepseek::dims<1, 3>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<1, 3>> x;
  deepseek::tensor<float, result> y;
  (y = x + 1.f).run(deepseek::host{});
}
