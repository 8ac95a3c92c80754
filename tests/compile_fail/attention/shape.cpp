// SPDX-License-Identifier: Apache-2.0
/// @file Heads of queries are a multiple of those of keys.
// expected-error {{\[DS-ATTENTION-SHAPE\] attention\(q\[b, h, n, d\], k\[b, g, m, d\], v\[b, g, m, w\]\)}}
// expected-error {{extents_of<.*queries, 1L?, 6L?, 3L?, 8L?>.*extents_of<.*keys, 1L?, 4L?, 5L?, 8L?>}}
#include <deepseek/attention/attention.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
constexpr int heads = 4;
#else
constexpr int heads = 3;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<1, 6, 3, 8>> q;
  deepseek::tensor<float, deepseek::dims<1, heads, 5, 8>> k;
  deepseek::tensor<float, deepseek::dims<1, heads, 5, 8>> v;
  auto const y = deepseek::attention(q, k, v);
  (void)y;
}
