// SPDX-License-Identifier: Apache-2.0
/// @file A bias by distance is in memory, with an axis of heads and one of distances.
// expected-error {{\[DS-SCORE-RELATIVE\] relative\(values\): values must be a tensor or a view with two axes}}
#include <deepseek/attention/biases.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using extents = deepseek::dims<7>;
#else
using extents = deepseek::dims<1, 7>;
#endif

int main() {
  deepseek::tensor<float, extents> t;
  auto const f = deepseek::score::relative(t);
  (void)f;
}
