// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_share.hpp on the emulator.
#include "on_emulated.hpp"
#include "property_share.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(shared_through, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(shared_broadcasts, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(shared_across, on_emulated);

}  // namespace deepseek::test
