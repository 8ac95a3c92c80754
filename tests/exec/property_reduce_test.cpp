// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_reduce.hpp on the processor.
#include "on_host.hpp"
#include "property_reduce.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(reduced_axes, on_host);
TEST_CASE_TEMPLATE_INVOKE(reduced_beside, on_host);
TEST_CASE_TEMPLATE_INVOKE(reduced_twice, on_host);
TEST_CASE_TEMPLATE_INVOKE(reduced_unlike, on_host);
TEST_CASE_TEMPLATE_INVOKE(reduced_across, on_host);
TEST_CASE_TEMPLATE_INVOKE(reduced_views, on_host);

}  // namespace deepseek::test
