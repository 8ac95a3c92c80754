// SPDX-License-Identifier: Apache-2.0
/// @file Floating values are not added to integers without a cast.
// expected-error {{\[DS-SCATTER-DTYPE\] scatter_add\(x, axes<a>, indices, source\): source is floating}}
#include <deepseek/ops/scatter_add.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using number = float;
#else
using number = std::int32_t;
#endif

int main() {
  deepseek::tensor<std::int32_t, deepseek::dims<2, 3>> x;
  deepseek::tensor<number, deepseek::dims<5, 3>> source;
  deepseek::tensor<std::int64_t, deepseek::dims<5>> indices;
  auto const e = deepseek::scatter_add(x, deepseek::axes<0>, indices, source);
  (void)e;
}
