// SPDX-License-Identifier: Apache-2.0
/// @file dims<E...> has a number of elements that 64 bits can count.
// expected-error {{\[DS-DIMS-SIZE\] dims<E\.\.\.>: more elements than 64 bits can count\.}}
#include <deepseek/shape/dims.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using shape = deepseek::dims<2147483648, 2147483648, 2>;
#else
using shape = deepseek::dims<2147483648, 2147483648>;
#endif

int main() { return shape::rank == 2 ? 0 : 1; }
