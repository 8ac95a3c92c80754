// SPDX-License-Identifier: Apache-2.0
/// @file reshape keeps the number of elements.
// expected-error {{\[DS-RESHAPE-STATIC\]}}
// expected-error {{extents_of<.*first, 3L?, 4L?>.*extents_of<.*second, 5L?, 2L?>}}
#include <deepseek/ops/reshape.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::reshape<5, 2>(x);
#else
  auto const y = ds::reshape<6, 2>(x);
#endif
  return y.rank == 9 ? 1 : 0;
}
