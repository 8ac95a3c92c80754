// SPDX-License-Identifier: Apache-2.0
/// @file map(f, x...): f must return a number.
// expected-error {{\[DS-MAP-RESULT\] map\(f, x\.\.\.\): f does not return a number}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/map_function.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3>> x, y;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const f = [](float) {};
#else
  auto const f = [](float a) { return a > 0; };
#endif
  (y = ds::map(f, x) + 2.0f).run(ds::host{});
}
