// SPDX-License-Identifier: Apache-2.0
/// @file Pad, gather, reshape and generated values on random shapes and layouts.
#pragma once
#include "property.hpp"

namespace deepseek::test {

TEST_CASE_TEMPLATE_DEFINE("pad: of operands, of expressions, of pads", On, pads) {
  auto const around = [](auto op, auto const& x) { return op.pad(x, last, 2, 3, 1.5f) * 2.f; };
  check_property<On, float, in_rows, 1>(around);
  check_property<On, float, in_rows, 2>(around);
  check_property<On, float, anyhow, 3>(around);
  check_property<On, float, in_rows, 2>([](auto op, auto const& x) {
    return op.pad(op.pad(x + 1.f, axes<0>, 1, 2, -1.f), last, 17, 0, 9.f);
  });
  check_property<On, double, in_rows, 2>(
      [](auto op, auto const& x) { return op.sum(op.pad(x * 2.f, last, 3, 20, 0.5f), last); });
  check_property<On, float, anyhow, 2>([](auto op, auto const& x) {
    auto const p = op.pad(x, last, 4, 1, 3.f);
    std::int64_t const n = op.extent(p, -1);
    return op.slice(p, last, n - 1, -1, n);
  });
  check_property<On, float, in_rows, 2>([](auto op, auto const& x) {
    auto const p = op.pad(x, last, 4, 1, 3.f);
    std::int64_t const n = op.extent(p, -1);
    return op.slice(p, last, 1, 3, (n + 1) / 3);
  });
}

TEST_CASE_TEMPLATE_DEFINE("values made from the number of an element", On, made_values) {
  check_property<On, float, in_rows, 2>(
      [](auto op, auto const& x) { return op.ramp_like(x, 0.5f, 1.f) + x; });
  check_property<On, float, anyhow, 3>([](auto op, auto const& x) {
    return op.permute(op.ramp_like(x, 0.25f, 0.f), axes<1, 2, 0>) * 2.f;
  });
  check_property<On, float, in_rows, 3>(
      [](auto op, auto const& x) { return op.max(op.ramp_like(x, 1.f, 0.f), axes<0, 2>); });
}

/// 0 or 1 for each element of x: indices into an axis of two elements.
inline constexpr auto index_of = [](auto op, auto const& x) {
  return op.less(x, op.ramp_like(x, 0.f, 0.f));
};

TEST_CASE_TEMPLATE_DEFINE("gather along any axis, by indices of any rank", On, gathers) {
  // The source has at least the two elements that 0 and 1 name: it is padded by one on each side.
  auto const first = [](auto op, auto const& x, auto const& y) {
    return op.take(op.pad(x, axes<0>, 1, 1, 5.f), index_of(op, y), axes<0>);
  };
  check_property<On, float, in_rows, 2, 1>(first, 60, 300);
  check_property<On, float, anyhow, 1, 2>(first, 60, 300);
  check_property<On, double, in_rows, 2, 1>(
      [](auto op, auto const& x, auto const& y) {
        return op.take(op.pad(x, axes<1>, 1, 1, 5.f), index_of(op, y), axes<1>) * 2.f + 1.f;
      },
      60, 300);
  check_property<On, float, anyhow, 3, 1>(
      [](auto op, auto const& x, auto const& y) {
        return op.sum(op.take(op.pad(x, axes<1>, 0, 2, 5.f), index_of(op, y), axes<1>), last);
      },
      60, 300);
}

TEST_CASE_TEMPLATE_DEFINE("reshape: a view where elements lie in a row, else through memory", On,
                          reshapes) {
  check_property<On, float, in_rows, 3>([](auto op, auto const& x) { return op.flat(x) * 2.f; });
  check_property<On, float, anyhow, 3>([](auto op, auto const& x) { return op.flat(x) + 1.f; });
  check_property<On, float, in_rows, 2>([](auto op, auto const& x) {
    return op.flat(op.permute(x, axes<1, 0>) * 2.f) - op.sum(op.flat(x), axes<0>);
  });
}

}  // namespace deepseek::test
