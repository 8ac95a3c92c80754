// SPDX-License-Identifier: Apache-2.0
/// @file Indices are integers.
// expected-error {{\[DS-TAKE-DTYPE\]}}
#include <deepseek/ops/one_hot.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using index_type = float;
#else
using index_type = std::int32_t;
#endif

int main() {
  deepseek::tensor<index_type, deepseek::dims<6>> ids;
  auto const e = deepseek::one_hot(ids, 4);
  (void)e;
}
