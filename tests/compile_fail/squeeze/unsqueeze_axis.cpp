// SPDX-License-Identifier: Apache-2.0
/// @file unsqueeze names an axis of its result.
// expected-error {{\[DS-UNSQUEEZE-AXIS\]}}
// expected-error {{rank_of<.*first, 2L?>.*axis_is<-4L?>}}
#include <deepseek/ops/squeeze.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3, 4>> x;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const y = ds::unsqueeze<-4>(x);
#else
  auto const y = ds::unsqueeze<-3>(x);
#endif
  return y.rank == 9 ? 1 : 0;
}
