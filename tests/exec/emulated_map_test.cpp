// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_map.hpp on the emulator but those of emulated_map_views_test.cpp.
#include "on_emulated.hpp"
#include "property_map.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(copies, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(numbers, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(comparisons, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(repeated_axes, on_emulated);

}  // namespace deepseek::test
