// SPDX-License-Identifier: Apache-2.0
/// @file Offsets of segments are a list of at least one.
// expected-error {{\[DS-SEGMENT-STATIC\] segment_sum\(x\[n, ...\], offsets\[s \+ 1\]\) and its like}}
// expected-error {{extents_of<.*second, 2L?, 3L?>}}
#include <deepseek/ops/segment.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using list = deepseek::dims<2, 3>;
#else
using list = deepseek::dims<6>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<9, 3>> x;
  deepseek::tensor<std::int64_t, list> offsets;
  for (std::int64_t i = 0; i < 6; ++i) offsets.data()[i] = i;
  auto const e = deepseek::segment_sum(x, offsets);
  (void)e;
}
