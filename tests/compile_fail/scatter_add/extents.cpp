// SPDX-License-Identifier: Apache-2.0
/// @file A source has a slice for each index.
// expected-error {{\[DS-SCATTER-STATIC\] scatter_add\(x, axes<a>, indices\[j\], source\)}}
// expected-error {{extents_of<.*third, 4L?, 3L?>}}
#include <deepseek/ops/scatter_add.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int slices = 4;
#else
constexpr int slices = 5;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x;
  deepseek::tensor<float, deepseek::dims<slices, 3>> source;
  deepseek::tensor<std::int64_t, deepseek::dims<5>> indices;
  auto const e = deepseek::scatter_add(x, deepseek::axes<0>, indices, source);
  (void)e;
}
