// SPDX-License-Identifier: Apache-2.0
/// @file What is an algorithm of the CUDA toolkit on a GPU does not run on the emulator.
// expected-error {{\[DS-CALL-EMULATED\] there is no kernel of the library for this call}}
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/scatter_add.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using executor = deepseek::emulated;
#else
using executor = deepseek::host;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<6>> x, y;
  deepseek::tensor<std::int32_t, deepseek::dims<6>> indices;
  for (int i = 0; i < 6; ++i) indices(i) = i;
  (y = deepseek::scatter_add(x, deepseek::axes<0>, indices, x)).run(executor{});
}
