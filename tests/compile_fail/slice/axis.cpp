// SPDX-License-Identifier: Apache-2.0
/// @file slice and at take an axis that x has.
// expected-error {{\[DS-AXES-RANGE\]}}
// expected-error {{rank_of<.*first, 2L?>.*axes_t<2>}}
#include <deepseek/ops/slice.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::at(x, ds::axes<2>, 0);
#else
  auto const y = ds::at(x, ds::axes<-2>, 0);
#endif
  return y.rank == 9 ? 1 : 0;
}
