// SPDX-License-Identifier: Apache-2.0
/// @file One result does not fill two tensors.
// expected-error {{\[DS-TIE-COUNT\] tie\(y\.\.\.\) = outputs\(e\.\.\.\): as many results as tensors are needed}}
// expected-error {{count_of<.*target, .*2>.*count_of<.*first, .*1>}}
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/arithmetic.hpp>

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x, y, z;
#ifdef DEEPSEEK_EXPECT_ERROR
  (deepseek::tie(y, z) = x + 1.f).run(deepseek::host{});
#else
  (deepseek::tie(y, z) = deepseek::outputs(x + 1.f, x)).run(deepseek::host{});
#endif
}
