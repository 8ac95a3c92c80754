// SPDX-License-Identifier: Apache-2.0
/// @file Running sums on random shapes and layouts. No kernel of the GPU does them yet.
#pragma once
#include "property.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_DEFINE("running sums", On, running_sums) {
  auto const running = [](auto op, auto const& x) { return op.cumsum(x, last); };
  check_property<On, float, in_rows, 1>(running);
  check_property<On, float, in_rows, 2>(running);
  check_property<On, float, anyhow, 2>(running);
  auto const down = [](auto op, auto const& x) { return op.cumsum(x * 2.f, axes<0>) + x; };
  check_property<On, float, in_rows, 2>(down);
  check_property<On, double, anyhow, 3>(down);
  check_property<On, double, in_rows, 2>(
      [](auto op, auto const& x) { return op.cumsum(x, last) - op.max(x, last); });
}

}  // namespace deepseek::test
