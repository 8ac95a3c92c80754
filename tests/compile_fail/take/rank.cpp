// SPDX-License-Identifier: Apache-2.0
/// @file What take gives has at most 8 axes.
// expected-error {{\[DS-TAKE-RANK\]}}
// expected-error {{rank_of<.*first, 2L?>.*rank_of<.*second, 8L?>}}
#include <deepseek/ops/take.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<std::int64_t, ds::dims<5, 1, 1, 1, 1, 1, 1, 1>> i;
  ds::tensor<float, ds::dims<3>> v;
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::take(x, ds::axes<0>, i);
#else
  auto const y = ds::take(v, ds::axes<0>, i);
#endif
  return y.rank == 9 ? 1 : 0;
}
