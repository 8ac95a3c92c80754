// SPDX-License-Identifier: Apache-2.0
/// @file Static extents that do not broadcast are one error, also deep in an expression of several verbs.
// expected-error {{\[DS-BROADCAST-STATIC\] operands do not broadcast}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/clamp.hpp>
#include <deepseek/ops/comparison.hpp>
#include <deepseek/ops/logic.hpp>
#include <deepseek/ops/map_function.hpp>
#include <deepseek/ops/where.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3>> x, y;
#ifdef DEEPSEEK_EXPECT_ERROR
  ds::tensor<float, ds::dims<4>> z;
#else
  ds::tensor<float, ds::dims<1>> z;
#endif
  auto const same = [](float a) { return a; };
  (y = ds::clamp(ds::map(same, ds::where(!(x < z) && x > 0, x, 1.0f)), 0, 1)).run(ds::host{});
}
