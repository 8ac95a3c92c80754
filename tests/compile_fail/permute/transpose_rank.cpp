// SPDX-License-Identifier: Apache-2.0
/// @file transpose needs two axes.
// expected-error {{\[DS-TRANSPOSE-RANK\]}}
// expected-error {{rank_of<.*first, 1L?>}}
#include <deepseek/ops/permute.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3>> v;
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::transpose(v);
#else
  auto const y = ds::transpose(x);
#endif
  return y.rank == 9 ? 1 : 0;
}
