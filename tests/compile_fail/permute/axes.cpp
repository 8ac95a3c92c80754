// SPDX-License-Identifier: Apache-2.0
/// @file permute names each axis once.
// expected-error {{\[DS-PERMUTE-AXES\]}}
// expected-error {{rank_of<.*first, 2L?>.*axes_t<1, 1>}}
#include <deepseek/ops/permute.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::permute<1, 1>(x);
#else
  auto const y = ds::permute<1, 0>(x);
#endif
  return y.rank == 9 ? 1 : 0;
}
