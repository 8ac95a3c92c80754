// SPDX-License-Identifier: Apache-2.0
/// @file expand repeats only extents of 1.
// expected-error {{\[DS-EXPAND-STATIC\]}}
// expected-error {{extents_of<.*first, 3L?, 4L?>.*extents_of<.*second, 2L?, 6L?, 4L?>}}
#include <deepseek/ops/expand.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::expand(x, ds::dims<2, 6, 4>{});
#else
  auto const y = ds::expand(x, ds::dims<2, 3, 4>{});
#endif
  return y.rank == 9 ? 1 : 0;
}
