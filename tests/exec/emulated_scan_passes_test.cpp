// SPDX-License-Identifier: Apache-2.0
/// @file The other cases of property_scan.hpp on the emulator: scans that several passes read.
#include "on_emulated.hpp"
#include "property_scan.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(running_sums_reduced, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(running_sums_unlike, on_emulated);

}  // namespace deepseek::test
