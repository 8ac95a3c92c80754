// SPDX-License-Identifier: Apache-2.0
/// @file A program that names its headers includes the one that runs attention.
// expected-error {{\[DS-CALL-HOST\] what runs this call on the host is in a header of its own}}
#include <deepseek/attention/attention.hpp>
#include <deepseek/exec/host.hpp>

#ifndef DEEPSEEK_EXPECT_ERROR
#include <deepseek/exec/host_attention.hpp>
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<1, 1, 2, 8>> q, k, v, y;
  (y = deepseek::attention(q, k, v)).run(deepseek::host{});
}
