// SPDX-License-Identifier: Apache-2.0
/// @file reshape infers one extent at most.
// expected-error {{\[DS-RESHAPE-INFER\]}}
// expected-error {{extents_of<.*first, 3L?, 4L?>.*extents_of<.*second, -1L?, 5L?>}}
#include <deepseek/ops/reshape.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::reshape<ds::dyn, 5>(x);
#else
  auto const y = ds::reshape<ds::dyn, 6>(x);
#endif
  return y.rank == 9 ? 1 : 0;
}
