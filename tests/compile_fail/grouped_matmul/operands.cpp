// SPDX-License-Identifier: Apache-2.0
/// @file grouped_matmul needs an offset more than w has matrices.
// expected-error {{\[DS-GROUPED-STATIC\] grouped_matmul.*: ranks or extents do not fit}}
// expected-error {{extents_of<.*second, 4L?, 3L?, 5L?>.*extents_of<.*third, 4L?>}}
#include <deepseek/ops/grouped_matmul.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using offsets = deepseek::dims<4>;
#else
using offsets = deepseek::dims<5>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<8, 3>> x;
  deepseek::tensor<float, deepseek::dims<4, 3, 5>> w;
  deepseek::tensor<int, offsets> o;
  auto const y = deepseek::grouped_matmul(x, w, o);
  (void)y;
}
