// SPDX-License-Identifier: Apache-2.0
/// @file quantize gives int8 or fp8, of floating values.
// expected-error {{\[DS-QUANTIZE-DTYPE\] quantize<Q>\(x\): Q is int8, fp8_e4m3 or fp8_e5m2, and x floating}}
// expected-error {{dtype_is<float>}}
#include <deepseek/ops/quantize.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using quantized = std::int32_t;
#else
using quantized = std::int8_t;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  auto const e = deepseek::quantize<quantized>(x);
  (void)e;
}
