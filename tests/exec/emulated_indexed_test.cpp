// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_indexed.hpp on the emulator.
#include "on_emulated.hpp"
#include "property_indexed.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(pads, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(made_values, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(gathers, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(reshapes, on_emulated);

}  // namespace deepseek::test
