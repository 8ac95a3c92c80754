// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_scan.hpp on the processor.
#include "on_host.hpp"
#include "property_scan.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(running_sums, on_host);
TEST_CASE_TEMPLATE_INVOKE(running_sums_reduced, on_host);
TEST_CASE_TEMPLATE_INVOKE(running_sums_twice, on_host);
TEST_CASE_TEMPLATE_INVOKE(running_sums_let, on_host);
TEST_CASE_TEMPLATE_INVOKE(running_sums_unlike, on_host);

}  // namespace deepseek::test
