// SPDX-License-Identifier: Apache-2.0
/// @file An axis is a type: it decides what is one kernel.
// expected-error {{\[DS-AXES-VALUE\] an axis must be known when compiling}}
// expected-error {{Fix: write axes<-1> or last instead of a number\.}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/sum.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int along = -1;
#else
constexpr auto along = deepseek::last;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  deepseek::tensor<float, deepseek::dims<2, 1>> y;
  (y = deepseek::sum(x, along) + 1.f).run(deepseek::host{});
}
