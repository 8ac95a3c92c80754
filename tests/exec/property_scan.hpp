// SPDX-License-Identifier: Apache-2.0
/// @file Running sums on random shapes and layouts, above and beneath everything that goes along their axis.
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

TEST_CASE_TEMPLATE_DEFINE("running sums of reductions, reductions of running sums", On,
                          running_sums_reduced) {
  // Scanned in the second pass, and again by what is summed up in the third.
  check_property<On, double, in_rows, 2>([](auto op, auto const& x) {
    auto const above = op.cumsum(x - op.min(x, last), last);
    return above - op.max(above, last);
  });
  check_property<On, double, anyhow, 2>([](auto op, auto const& x) {
    auto const above = op.cumsum(x - op.min(x, axes<0>), axes<0>);
    return above - op.max(above, axes<0>);
  });
  check_property<On, float, in_rows, 3>(
      [](auto op, auto const& x) { return op.max(op.cumsum(x, axes<1>), axes<1>) + 1.f; });
}

TEST_CASE_TEMPLATE_DEFINE("running sums of running sums", On, running_sums_twice) {
  check_property<On, double, in_rows, 2>(
      [](auto op, auto const& x) { return op.cumsum(op.cumsum(x, last) * 0.125 - x, last); });
  check_property<On, double, in_rows, 2>(
      [](auto op, auto const& x) { return op.cumsum(op.cumsum(x, axes<0>) * 0.125 - x, axes<0>); });
}

TEST_CASE_TEMPLATE_DEFINE("running sums in lets, read by several passes", On, running_sums_let) {
  check_property<On, double, in_rows, 2>(
      [](auto op, auto const& x) {
        return op.let(op.cumsum(x, last), [&](auto c) { return c * 2. - op.sum(c * c, last) + c; });
      },
      60, 12000);
  check_property<On, double, anyhow, 2>(
      [](auto op, auto const& x) {
        return op.let(x * 0.5 - op.max(x, last), [&](auto v) {
          return op.cumsum(v, last) - op.min(op.cumsum(v, last) + v, last);
        });
      },
      60, 12000);
  check_property<On, double, in_rows, 3>([](auto op, auto const& x) {
    return op.let(op.cumsum(x, axes<1>), [&](auto c) { return c - op.sum(c, axes<1>); });
  });
}

TEST_CASE_TEMPLATE_DEFINE("running sums of rows of different lengths, and of one element", On,
                          running_sums_unlike) {
  check_property<On, float, in_rows, 2, 1>([](auto op, auto const& x, auto const& y) {
    return op.cumsum(x, last) + op.cumsum(y, last);
  });
  check_property<On, float, anyhow, 2, 1>([](auto op, auto const& x, auto const& y) {
    return op.max(op.cumsum(x, last), last) - op.sum(y, last);
  });
  check_property<On, float, anyhow, 2, 2>([](auto op, auto const& x, auto const& y) {
    return op.max(op.cumsum(x, axes<0>), axes<0>) - op.sum(y, axes<0>);
  });
}

}  // namespace deepseek::test
