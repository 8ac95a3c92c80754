// SPDX-License-Identifier: Apache-2.0
/// @file As many results as tensors to hold them.
// expected-error {{\[DS-TIE-COUNT\] tie.* = outputs.*: as many results as tensors are needed}}
// expected-error {{count_of<.*target, .*2>.*count_of<.*first, .*3>}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x, y, z;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const e = deepseek::outputs(x + 1.f, x * 2.f, x - 1.f);
#else
  auto const e = deepseek::outputs(x + 1.f, x * 2.f);
#endif
#if !DEEPSEEK_DEVICE_PASS
  deepseek::detail::run_assignment(e, deepseek::make_arguments(y.as_view(), z.as_view()),
                                   deepseek::detail::host_machine{1});
#endif
}
