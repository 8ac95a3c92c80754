// SPDX-License-Identifier: Apache-2.0
/// @file embedding looks up rows of a matrix.
// expected-error {{\[DS-EMBEDDING-RANK\]}}
// expected-error {{rank_of<.*first, 1L?>}}
#include <deepseek/ops/take.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<std::int64_t, ds::dims<5>> i;
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::embedding(i, i);
#else
  auto const y = ds::embedding(x, i);
#endif
  return y.rank == 9 ? 1 : 0;
}
