// SPDX-License-Identifier: Apache-2.0
/// @file let, nested and repeated, on random shapes and layouts.
#pragma once
#include "property.hpp"

namespace deepseek::test {

/// softmax(verbs, x), as the library's own verb is made.
inline constexpr auto soft = [](auto op, auto const& x) {
  return op.let(x, [op](auto v) {
    return op.let(op.exp(v - op.max(v, last)), [op](auto e) { return e / op.sum(e, last); });
  });
};

TEST_CASE_TEMPLATE_DEFINE("softmax, of an expression, of a softmax", On, softmaxes) {
  check_property<On, float, in_rows, 2>([](auto op, auto const& x) { return soft(op, x); });
  check_property<On, double, anyhow, 3>(
      [](auto op, auto const& x) { return soft(op, x * 0.5f + 1.f); });
  check_property<On, float, in_rows, 1>(
      [](auto op, auto const& x) { return soft(op, soft(op, x)); });
  check_property<On, double, in_rows, 2>(
      [](auto op, auto const& x) { return soft(op, soft(op, soft(op, x))) + x; });
}

TEST_CASE_TEMPLATE_DEFINE("softmax along the first axis", On, softmax_down) {
  auto const down = [](auto op, auto const& x) {
    return op.let(op.exp(x - op.max(x, axes<0>)), [op](auto e) { return e / op.sum(e, axes<0>); });
  };
  check_property<On, float, in_rows, 2>(down);
  check_property<On, float, anyhow, 3>(down);
}

TEST_CASE_TEMPLATE_DEFINE("a value used by several passes, once dear and once cheap", On,
                          used_by_passes) {
  auto const norm = [](auto op, auto const& x, auto const& scale) {
    return op.let(x - op.sum(x, last) * 0.25f, [op, scale](auto centred) {
      return centred / (op.sum(centred * centred, last) + 1.f) * scale;
    });
  };
  check_property<On, double, in_rows, 2, 1>(norm);
  check_property<On, double, anyhow, 3, 2>(norm);
}

TEST_CASE_TEMPLATE_DEFINE("a body that is nothing but a reduction", On, reducing_bodies) {
  check_property<On, float, in_rows, 2>([](auto op, auto const& x) {
    return op.let(x * 2.f, [op](auto v) { return op.sum(v * v, last); });
  });
  check_property<On, float, anyhow, 3>([](auto op, auto const& x) {
    return op.let(x + 1.f, [op](auto v) { return op.max(v, axes<0>) - op.min(v, axes<0>); });
  });
  check_property<On, double, in_rows, 2>([](auto op, auto const& x) {
    return op.let(x * 2.f, [op](auto v) { return v - op.sum(op.max(v, axes<0>) * 1.f, axes<1>); });
  });
  check_property<On, double, in_rows, 2>([](auto op, auto const& x) {
    return op.let(op.sum(x, last), [op, x](auto s) { return op.sum((x - s) * (x - s), last); });
  });
}

TEST_CASE_TEMPLATE_DEFINE("different functions, nested, each with its own variable", On,
                          nested_lets) {
  check_property<On, float, in_rows, 2, 2>([](auto op, auto const& x, auto const& y) {
    return op.let(x + 1.f, [op, y](auto a) {
      return op.let(y * a, [a](auto b) { return a * b - b + a; }) + a;
    });
  });
  check_property<On, float, anyhow, 2>([](auto op, auto const& x) {
    return op.let(x * 2.f, [op](auto a) {
      return op.let(a - 1.f, [op, a](auto b) {
        return op.let(a * b, [a, b](auto c) { return (a + b) * c; });
      });
    });
  });
}

TEST_CASE_TEMPLATE_DEFINE("the same function twice, beside itself and inside itself", On,
                          same_function) {
  auto const square = [](auto v) { return v * v + v; };
  check_property<On, float, in_rows, 2, 2>([square](auto op, auto const& x, auto const& y) {
    return op.let(x, square) - op.let(y, square);
  });
  check_property<On, double, anyhow, 1>(
      [square](auto op, auto const& x) { return op.let(op.let(x, square), square); });
  check_property<On, double, in_rows, 2>([square](auto op, auto const& x) {
    return op.let(op.let(x, square) + op.let(x * 2.f, square), square);
  });
}

}  // namespace deepseek::test
