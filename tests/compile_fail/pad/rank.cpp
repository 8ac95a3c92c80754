// SPDX-License-Identifier: Apache-2.0
/// @file pad takes a width for each axis.
// expected-error {{\[DS-PAD-RANK\]}}
// expected-error {{rank_of<.*first, 2L?>.*rank_of<.*second, 1L?>}}
#include <deepseek/ops/pad.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::pad(x, {{1, 1}}, 0.f);
#else
  auto const y = ds::pad(x, {{1, 1}, {0, 0}}, 0.f);
#endif
  return y.rank == 9 ? 1 : 0;
}
