// SPDX-License-Identifier: Apache-2.0
/// @file What is an algorithm of the CUDA toolkit on a GPU does not run on the emulator.
// expected-error {{\[DS-CALL-EMULATED\] there is no kernel of the library for this call}}
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/sort.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using executor = deepseek::emulated;
#else
using executor = deepseek::host;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<6>> x, y;
  (y = deepseek::sort(x)).run(executor{});
}
