// SPDX-License-Identifier: Apache-2.0
/// @file What bincount counts are integers.
// expected-error {{\[DS-BINCOUNT-DTYPE\] bincount\(ids, bins\): ids are no integers}}
#include <deepseek/ops/histogram.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using id_type = float;
#else
using id_type = std::int32_t;
#endif

int main() {
  deepseek::tensor<id_type, deepseek::dims<6>> ids;
  auto const e = deepseek::bincount(ids, 4);
  (void)e;
}
