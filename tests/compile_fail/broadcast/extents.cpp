// SPDX-License-Identifier: Apache-2.0
/// @file Static extents of an axis are equal or 1; one mistake in a large expression is one error.
// expected-error {{\[DS-BROADCAST-STATIC\] operands do not broadcast: extents of an axis must be equal or 1}}
// expected-error g++ {{extents_of<deepseek::why::operand_number<0>, 2, 3>.*extents_of<deepseek::why::operand_number<1>, 4>}}
// expected-error clang++ {{extents_of<deepseek::why::operand_number<0>, 2, 3>.*extents_of<deepseek::why::operand_number<1>, 4>}}
// expected-error nvcc {{extents_of<.*operand_number<0>, .*2.*, .*3.*>.*extents_of<.*operand_number<1>, .*4.*>}}
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using row = deepseek::dims<4>;
#else
using row = deepseek::dims<3>;
#endif

int main() {
  deepseek::tensor<float, deepseek::dims<2, 3>> x, y;
  deepseek::tensor<float, row> b;
  (y = (x * 2.f + b) * x - deepseek::abs(x)).run(deepseek::host{});
}
