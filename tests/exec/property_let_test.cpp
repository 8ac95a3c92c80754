// SPDX-License-Identifier: Apache-2.0
/// @file The cases of property_let.hpp on the processor.
#include "on_host.hpp"
#include "property_let.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(softmaxes, on_host);
TEST_CASE_TEMPLATE_INVOKE(softmax_down, on_host);
TEST_CASE_TEMPLATE_INVOKE(used_by_passes, on_host);
TEST_CASE_TEMPLATE_INVOKE(reducing_bodies, on_host);
TEST_CASE_TEMPLATE_INVOKE(nested_lets, on_host);
TEST_CASE_TEMPLATE_INVOKE(same_function, on_host);

}  // namespace deepseek::test
