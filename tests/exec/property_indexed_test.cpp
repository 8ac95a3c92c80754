// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_indexed.hpp on the processor.
#include "on_host.hpp"
#include "property_indexed.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(pads, on_host);
TEST_CASE_TEMPLATE_INVOKE(made_values, on_host);
TEST_CASE_TEMPLATE_INVOKE(gathers, on_host);
TEST_CASE_TEMPLATE_INVOKE(reshapes, on_host);

}  // namespace deepseek::test
