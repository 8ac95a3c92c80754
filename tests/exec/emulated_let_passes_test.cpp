// SPDX-License-Identifier: Apache-2.0
/// @file The other half of the cases of property_let.hpp on the emulator.
#include "on_emulated.hpp"
#include "property_let.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(softmaxes, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(softmax_down, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(used_by_passes, on_emulated);

}  // namespace deepseek::test
