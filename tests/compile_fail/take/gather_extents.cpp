// SPDX-License-Identifier: Apache-2.0
/// @file gather: indices stay inside x along every other axis.
// expected-error {{\[DS-GATHER-STATIC\]}}
// expected-error {{extents_of<.*first, 3L?, 4L?>.*extents_of<.*second, 3L?, 5L?>}}
#include <deepseek/ops/take.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<std::int64_t, ds::dims<3, 5>> i;
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::gather(x, ds::axes<0>, i);
#else
  auto const y = ds::gather(x, ds::axes<1>, i);
#endif
  return y.rank == 9 ? 1 : 0;
}
