// SPDX-License-Identifier: Apache-2.0
/// @file Reductions on random shapes and layouts: what is computed is what the expression means.
#pragma once
#include "property.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_DEFINE("one axis, several axes, all axes", On, reduced_axes) {
  check_property<On, float, in_rows, 1>([](auto op, auto const& x) { return op.sum(x, axes<0>); });
  check_property<On, float, in_rows, 2>([](auto op, auto const& x) { return op.sum(x, axes<0>); });
  check_property<On, float, anyhow, 2>([](auto op, auto const& x) { return op.max(x, last); });
  check_property<On, float, anyhow, 3>(
      [](auto op, auto const& x) { return op.sum(x, axes<0, 2>); });
  check_property<On, float, in_rows, 3>(
      [](auto op, auto const& x) { return op.min(x, axes<0, 1>); });
  check_property<On, float, in_rows, 4>(
      [](auto op, auto const& x) { return op.sum(x, axes<1, 3>); });
  check_property<On, float, anyhow, 4>(
      [](auto op, auto const& x) { return op.max(x, axes<0, 2>); });
  check_property<On, double, in_rows, 3>([](auto op, auto const& x) { return op.sum(x, axes<>); });
  check_property<On, float, anyhow, 2>(
      [](auto op, auto const& x) { return op.sum(x * x, axes<>); });
}

TEST_CASE_TEMPLATE_DEFINE("the reduced value beside its operand", On, reduced_beside) {
  auto const scaled = [](auto op, auto const& x) {
    return (x - op.min(x, last)) / (op.max(x, last) - op.min(x, last) + 1.f);
  };
  check_property<On, float, in_rows, 2>(scaled);
  check_property<On, double, anyhow, 3>(scaled);
  auto const columns = [](auto op, auto const& x) {
    return (x - op.min(x, axes<0>)) / (op.max(x, axes<0>) - op.min(x, axes<0>) + 1.f);
  };
  check_property<On, float, in_rows, 2>(columns);
  check_property<On, float, anyhow, 3>(columns);
}

TEST_CASE_TEMPLATE_DEFINE("a reduction of a reduction along the same axis", On, reduced_twice) {
  auto const spread = [](auto op, auto const& x) {
    auto const middle = op.sum(x, last) * 0.125f;
    return op.sum((x - middle) * (x - middle), last) + middle;
  };
  check_property<On, double, in_rows, 2>(spread);
  check_property<On, double, anyhow, 2>(spread);
}

TEST_CASE_TEMPLATE_DEFINE("operands of different ranks and extents in one reduction", On,
                          reduced_unlike) {
  auto const mixed = [](auto op, auto const& x, auto const& y) {
    return op.sum(x, last) + op.max(y, last) * 2.f;
  };
  check_property<On, float, in_rows, 2, 1>(mixed);
  check_property<On, float, anyhow, 1, 2>(mixed);
  check_property<On, float, in_rows, 3, 2>([](auto op, auto const& x, auto const& y) {
    return op.sum(x * y, axes<1>) - op.min(x + y, axes<1>);
  });
}

TEST_CASE_TEMPLATE_DEFINE("reductions along different axes", On, reduced_across) {
  check_property<On, float, in_rows, 2>(
      [](auto op, auto const& x) { return op.sum(x, axes<0>) + op.max(x, axes<1>); });
  check_property<On, float, anyhow, 3>(
      [](auto op, auto const& x) { return op.sum(op.max(x, axes<0>), last) + x; });
  check_property<On, float, in_rows, 3>(
      [](auto op, auto const& x) { return op.sum(op.sum(x * 2.f, axes<1>), axes<2>); });
}

TEST_CASE_TEMPLATE_DEFINE("reductions of views, views of reductions", On, reduced_views) {
  check_property<On, float, in_rows, 3>(
      [](auto op, auto const& x) { return op.sum(op.permute(x * 2.f, axes<2, 0, 1>), last); });
  check_property<On, float, in_rows, 2>(
      [](auto op, auto const& x) { return op.permute(op.sum(x, axes<>) + 1.f, axes<1, 0>) + x; });
  check_property<On, float, anyhow, 3>([](auto op, auto const& x) {
    std::int64_t const n = op.extent(x, -1);
    return op.max(op.slice(x + 1.f, last, n / 3, 1, n - n / 3), last);
  });
  check_property<On, float, in_rows, 2>(
      [](auto op, auto const& x) { return op.drop(op.sum(x, last), axes<1>, 0) * 2.f; });
}

}  // namespace deepseek::test
