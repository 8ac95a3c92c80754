// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_map.hpp whose operands have different axes, or axes in other orders, on the
/// emulator.
#include "on_emulated.hpp"
#include "property_map.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(broadcasts, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(views, on_emulated);

}  // namespace deepseek::test
