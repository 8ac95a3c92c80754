// SPDX-License-Identifier: Apache-2.0
/// @file map(f, x...): f must be callable with the numbers of its operands.
// expected-error {{\[DS-MAP-CALL\] map\(f, x\.\.\.\): f cannot be called}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/map_function.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3>> x, y;
#ifdef DEEPSEEK_EXPECT_ERROR
  auto const f = [](float a, float b) { return a + b; };
#else
  auto const f = [](float a) { return a + 1; };
#endif
  (y = ds::map(f, x) * 2.0f).run(ds::host{});
}
