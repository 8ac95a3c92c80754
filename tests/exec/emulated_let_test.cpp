// SPDX-License-Identifier: Apache-2.0
/// @file Half of the cases of property_let.hpp on the emulator: they compile for long.
#include "on_emulated.hpp"
#include "property_let.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(reducing_bodies, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(nested_lets, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(same_function, on_emulated);

}  // namespace deepseek::test
