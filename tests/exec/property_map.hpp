// SPDX-License-Identifier: Apache-2.0
/// @file Maps on random shapes and layouts: what is computed is what the expression means.
#pragma once
#include "property.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_DEFINE("a number alone, a vector, a matrix: copied whatever the strides", On,
                          copies) {
  auto const copy = [](auto, auto const& x) { return x + 0.f; };
  check_property<On, float, in_rows, 0>(copy, 5);
  check_property<On, float, in_rows, 1>(copy);
  check_property<On, float, anyhow, 2>(copy);
  check_property<On, double, anyhow, 4>(copy);
}

TEST_CASE_TEMPLATE_DEFINE("operands of several ranks broadcast as NumPy does it", On, broadcasts) {
  auto const axpy = [](auto, auto const& x, auto const& y) { return x * 2.f + y * x - y; };
  check_property<On, float, in_rows, 2, 2>(axpy);
  check_property<On, float, in_rows, 1, 3>(axpy);
  check_property<On, float, anyhow, 3, 2>(axpy);
  check_property<On, float, anyhow, 0, 1>(axpy);
  auto const three = [](auto, auto const& x, auto const& y, auto const& z) {
    return (x + y) * z - x / 4.f;
  };
  check_property<On, double, anyhow, 4, 1, 3>(three);
  check_property<On, float, in_rows, 3, 3, 1>(three);
}

TEST_CASE_TEMPLATE_DEFINE("two run-time numbers of one type are two numbers", On, numbers) {
  check_property<On, float, in_rows, 2>([](auto, auto const& x) { return x * 3.f + x * 5.f; });
  check_property<On, float, anyhow, 1, 1>(
      [](auto, auto const& x, auto const& y) { return (x + 1.f) * (y + 2.f) - (x + 4.f); });
}

TEST_CASE_TEMPLATE_DEFINE("comparisons give numbers again", On, comparisons) {
  check_property<On, float, in_rows, 2, 1>(
      [](auto op, auto const& x, auto const& y) { return op.less(x, y) * x; });
  check_property<On, double, anyhow, 2, 2>(
      [](auto op, auto const& x, auto const& y) { return op.less(y, x) + x; });
}

TEST_CASE_TEMPLATE_DEFINE("views of operands and of expressions", On, views) {
  auto const transposed = [](auto op, auto const& x, auto const& y) {
    return op.permute(x, deepseek::axes<1, 0>) + op.permute(y * 2.f, deepseek::axes<1, 0>);
  };
  check_property<On, float, in_rows, 2, 2>(transposed);
  check_property<On, float, anyhow, 2, 2>(transposed);
  check_property<On, double, in_rows, 3>(
      [](auto op, auto const& x) { return op.permute(x * 2.f, deepseek::axes<2, 0, 1>) + 1.f; });
  auto const backwards = [](auto op, auto const& x) {
    std::int64_t const n = op.extent(x, -1);
    return op.slice(x + 1.f, deepseek::last, n - 1, -1, n);
  };
  check_property<On, float, in_rows, 1>(backwards);
  check_property<On, float, anyhow, 3>(backwards);
  check_property<On, float, in_rows, 2, 2>([](auto op, auto const& x, auto const& y) {
    auto const sum = x - y;
    std::int64_t const n = op.extent(sum, 0);
    return op.slice(sum, deepseek::axes<0>, n / 4, 2, (n - n / 4 + 1) / 2) * 2.f;
  });
}

TEST_CASE_TEMPLATE_DEFINE("axes dropped and repeated", On, repeated_axes) {
  check_property<On, float, in_rows, 3>([](auto op, auto const& x) {
    std::int64_t const n = op.extent(x, 1);
    return op.repeat(x * 1.f, deepseek::axes<1>, n > 0 ? 3 : 0);
  });
  check_property<On, float, anyhow, 2>([](auto op, auto const& x) {
    return op.repeat(op.repeat(x, deepseek::axes<2>, 4), deepseek::axes<0>, 2) + 1.f;
  });
}

}  // namespace deepseek::test
