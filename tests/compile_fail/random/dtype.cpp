// SPDX-License-Identifier: Apache-2.0
/// @file uniform<V>: V is float or double.
// expected-error {{\[DS-RANDOM-DTYPE\] uniform<V>\(extents, key\): V is not float or double}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/random.hpp>

namespace ds = deepseek;

int main() {
  ds::tensor<float, ds::dims<3>> y;
#ifdef DEEPSEEK_EXPECT_ERROR
  (y = ds::uniform<ds::f16>(y.extents(), {1}) * 2.0f).run(ds::host{});
#else
  (y = ds::uniform<double>(y.extents(), {1}) * 2.0f).run(ds::host{});
#endif
}
