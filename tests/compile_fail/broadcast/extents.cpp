// SPDX-License-Identifier: Apache-2.0
/// @file Static extents of an axis are equal or 1; one mistake in a large expression is one error.
// expected-error {{\[DS-BROADCAST-STATIC\] operands do not broadcast: extents of an axis must be equal or 1}}
// expected-error {{extents_of<.*operand_number<0>, 2L?, 3L?>.*extents_of<.*operand_number<1>, 4L?>}}
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
