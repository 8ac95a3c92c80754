// SPDX-License-Identifier: Apache-2.0
/// @file take needs indices that are integers.
// expected-error {{\[DS-TAKE-DTYPE\]}}
// expected-error {{dtype_is<float>}}
#include <deepseek/ops/take.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<std::int64_t, ds::dims<5>> i;
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::take(x, ds::axes<0>, x);
#else
  auto const y = ds::take(x, ds::axes<0>, i);
#endif
  return y.rank == 9 ? 1 : 0;
}
