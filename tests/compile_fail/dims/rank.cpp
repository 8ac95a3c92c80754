// SPDX-License-Identifier: Apache-2.0
/// @file dims<E...> has at most 8 axes.
// expected-error {{\[DS-DIMS-RANK\] dims<E\.\.\.>: more than 8 axes\. Fix: merge axes\.}}
#include <deepseek/shape/dims.hpp>

#ifdef DEEPSEEK_EXPECT_ERROR
using shape = deepseek::dims<1, 2, 3, 4, 5, 6, 7, 8, 9>;
#else
using shape = deepseek::dims<1, 2, 3, 4, 5, 6, 7, 8>;
#endif

int main() { return shape::rank == 8 ? 0 : 1; }
