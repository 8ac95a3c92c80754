// SPDX-License-Identifier: Apache-2.0
/// @file Attention on the emulator needs the header with its kernels.
// expected-error {{\[DS-CALL-EMULATED\] there is no kernel for this call}}
#include <deepseek/attention/attention.hpp>
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/host_attention.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using executor = deepseek::emulated;
#else
using executor = deepseek::host;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<1, 1, 2, 8>> q, k, v, y;
  (y = deepseek::attention(q, k, v)).run(executor{});
}
