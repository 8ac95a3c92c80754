// SPDX-License-Identifier: Apache-2.0
/// @file A histogram is of numbers.
// expected-error {{\[DS-HISTOGRAM-DTYPE\] histogram\(x, bins, low, high\): x is bool}}
#include <deepseek/ops/histogram.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using number = bool;
#else
using number = std::int8_t;
#endif

int main() {
  deepseek::tensor<number, deepseek::dims<6>> x;
  auto const e = deepseek::histogram(x, 4, 0, 1);
  (void)e;
}
