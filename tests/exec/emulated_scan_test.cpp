// SPDX-License-Identifier: Apache-2.0
/// @file Some of the cases of property_scan.hpp on the emulator: they compile for long.
#include "on_emulated.hpp"
#include "property_scan.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(running_sums, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(running_sums_twice, on_emulated);

}  // namespace deepseek::test
