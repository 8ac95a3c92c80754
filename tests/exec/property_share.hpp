// SPDX-License-Identifier: Apache-2.0
/// @file Values of let that views, pads and broadcasts read, on random shapes and layouts.
#pragma once
#include "property.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_DEFINE("a value that is shared through a view, a pad, a reduction", On,
                          shared_through) {
  check_property<On, float, in_rows, 2>([](auto op, auto const& x) {
    std::int64_t const n = op.extent(x, -1);
    return op.let(x * 2.f, [op, n](auto v) { return op.slice(v, last, n - 1, -1, n) + v; });
  });
  check_property<On, float, in_rows, 2>([](auto op, auto const& x) {
    return op.let(x * 2.f, [op](auto v) {
      std::int64_t const n = op.extent(v, -1);
      return op.pad(op.slice(v, last, 0, 1, n - n / 2), last, n / 2, 0, 7.f) + v;
    });
  });
  check_property<On, float, anyhow, 3>([](auto op, auto const& x) {
    return op.let(op.sum(x, axes<0>), [op](auto s) { return op.max(s, last) + s; });
  });
  check_property<On, float, in_rows, 2>([](auto op, auto const& x) {
    return op.let(op.sum(x, axes<0>), [x](auto s) { return x - s * 0.5f; });
  });
}

TEST_CASE_TEMPLATE_DEFINE("a value that broadcasts where it is used", On, shared_broadcasts) {
  check_property<On, float, in_rows, 2, 1>([](auto op, auto const& x, auto const& y) {
    return op.let(y * 2.f, [op, x](auto v) { return x * v + op.sum(v, axes<0>); });
  });
  check_property<On, float, anyhow, 2, 1>([](auto op, auto const& x, auto const& y) {
    return op.let(op.exp(y * 0.25f), [op, x](auto v) { return (x + v) / (op.sum(v, last) + 1.f); });
  });
}

TEST_CASE_TEMPLATE_DEFINE("let around a reduction along other axes, used inside one", On,
                          shared_across) {
  check_property<On, double, in_rows, 3>([](auto op, auto const& x) {
    return op.let(op.sum(x, axes<0>) * 0.25f, [op, x](auto s) { return op.max(x * s, last) + s; });
  });
}

}  // namespace deepseek::test
