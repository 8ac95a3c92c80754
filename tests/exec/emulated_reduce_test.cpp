// SPDX-License-Identifier: Apache-2.0
/// @file Half of the cases of property_reduce.hpp on the emulator: they compile for long.
#include "on_emulated.hpp"
#include "property_reduce.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_INVOKE(reduced_axes, on_emulated);
TEST_CASE_TEMPLATE_INVOKE(reduced_views, on_emulated);

}  // namespace deepseek::test
