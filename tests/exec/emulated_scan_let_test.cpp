// SPDX-License-Identifier: Apache-2.0
/// @file Scans in lets, of property_scan.hpp, on the emulator.
#include "on_emulated.hpp"
#include "property_scan.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(running_sums_let, on_emulated);

}  // namespace deepseek::test
