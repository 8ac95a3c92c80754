// SPDX-License-Identifier: Apache-2.0
/// @file The columns of a are as many as the rows of b.
// expected-error {{\[DS-MATMUL-K\] matmul\(a\[\.\.\., m, k\], b\[\.\.\., k, n\]\): k differs}}
// expected-error {{extent_of<.*a_m_by_k, 3L?>.*extent_of<.*b_k_by_n, 4L?>}}
#include <deepseek/ops/matmul.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using second = deepseek::dims<4, 3>;
#else
using second = deepseek::dims<deepseek::dyn, 4>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> a;
  deepseek::tensor<float, second> b(second::from_array((std::int64_t const[]){
#ifdef DEEPSEEK_EXPECT_ERROR
      4, 3
#else
      3, 4
#endif
  }));
  auto const y = deepseek::matmul(a, b);
  (void)y;
}
