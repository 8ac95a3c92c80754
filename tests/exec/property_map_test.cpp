// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_map.hpp on the processor.
#include "on_host.hpp"
#include "property_map.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(copies, on_host);
TEST_CASE_TEMPLATE_INVOKE(broadcasts, on_host);
TEST_CASE_TEMPLATE_INVOKE(numbers, on_host);
TEST_CASE_TEMPLATE_INVOKE(comparisons, on_host);
TEST_CASE_TEMPLATE_INVOKE(views, on_host);
TEST_CASE_TEMPLATE_INVOKE(repeated_axes, on_host);

}  // namespace deepseek::test
