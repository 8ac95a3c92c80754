// SPDX-License-Identifier: Apache-2.0
/// @file slice takes no more parts than x has axes.
// expected-error {{\[DS-SLICE-RANK\]}}
// expected-error {{rank_of<.*first, 2L?>.*rank_of<.*second, 3L?>}}
#include <deepseek/ops/slice.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::slice(x, 1, ds::every, 0);
#else
  auto const y = ds::slice(x, 1, ds::every);
#endif
  return y.rank == 9 ? 1 : 0;
}
