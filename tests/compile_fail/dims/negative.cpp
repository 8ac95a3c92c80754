// SPDX-License-Identifier: Apache-2.0
/// @file An extent of dims<E...> is not negative, but for `dyn`.
// expected-error {{\[DS-DIMS-NEGATIVE\] dims<E\.\.\.>: an extent is below 0\.}}
#include <deepseek/shape/dims.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using shape = deepseek::dims<2, -3>;
#else
using shape = deepseek::dims<2, deepseek::dyn>;
#endif

int main() { return shape::rank == 2 ? 0 : 1; }
