// SPDX-License-Identifier: Apache-2.0
/// @file The other half of the cases of property_reduce.hpp on the emulator.
#include "on_emulated.hpp"
#include "property_reduce.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(reduced_beside, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(reduced_twice, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(reduced_unlike, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(reduced_across, on_emulated);

}  // namespace deepseek::test
