// SPDX-License-Identifier: Apache-2.0
/// @file A range in the type has a step.
// expected-error {{\[DS-SLICE-STEP\] static_range<start, stop, step>: step is 0}}
#include <deepseek/ops/slice.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::slice(x, ds::static_range<0, 3, 0>);
#else
  auto const y = ds::slice(x, ds::static_range<0, 3, -1>);
#endif
  return y.rank == 9 ? 1 : 0;
}
