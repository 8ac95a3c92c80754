// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_share.hpp on the processor.
#include "on_host.hpp"
#include "property_share.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(shared_through, on_host);
TEST_CASE_TEMPLATE_INVOKE(shared_broadcasts, on_host);
TEST_CASE_TEMPLATE_INVOKE(shared_across, on_host);

}  // namespace deepseek::test
