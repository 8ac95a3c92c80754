// SPDX-License-Identifier: Apache-2.0
/// @file squeeze removes only extents of 1.
// expected-error {{\[DS-SQUEEZE-STATIC\]}}
// expected-error {{extents_of<.*first, 1L?, 4L?>}}
#include <deepseek/ops/squeeze.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<1, 3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::squeeze<0, 2>(x);
#else
  auto const y = ds::squeeze<0>(x);
#endif
  return y.rank == 9 ? 1 : 0;
}
