// SPDX-License-Identifier: Apache-2.0
/// @file Views: a leaf becomes a leaf with other strides, any other node is wrapped; no data moves.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/view_node.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include "../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using ds::test::library;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

matrix numbered(std::int64_t rows, std::int64_t columns) {
  matrix x(rows, columns);
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = float(i);
  return x;
}

TEST_CASE("a view of a leaf is a leaf: strides and first element") {
  matrix const x = numbered(4, 6);
  auto const t = library::permute(x, ds::axes<1, 0>);
  static_assert(ds::expr::detail::is_leaf<std::remove_cvref_t<decltype(t)>>);
  CHECK(t.source.stride(0) == 1);
  CHECK(t.source.stride(1) == 6);
  CHECK(t.source.data() == x.data());
  auto const back = library::slice(x, ds::last, 5, -2, 3);
  CHECK(back.source.data() == x.data() + 5);
  CHECK(back.source.stride(1) == -2);
  CHECK(back.extents()[1] == 3);
}

TEST_CASE("a view of an owned tensor keeps it alive") {
  auto const row = [] {
    auto const owner = ds::as_expression(numbered(3, 4));
    return library::drop(owner, ds::axes<0>, 2);
  }();
  auto const y = ds::eval(row);
  for (int c = 0; c < 4; ++c) CHECK(y(c) == float(8 + c));
}

TEST_CASE("a view of any other node is wrapped and fuses") {
  matrix const x = numbered(4, 6);
  auto const t = library::permute(x + 1.f, ds::axes<1, 0>);
  static_assert(ds::expr::detail::is_view_node<std::remove_cvref_t<decltype(t)>>);
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(t)>> == 1);
  auto const y = ds::eval(t);
  for (int r = 0; r < 6; ++r)
    for (int c = 0; c < 4; ++c) CHECK(y(r, c) == float(c * 6 + r + 1));
}

TEST_CASE("a diagonal: two axes that follow one") {
  matrix const x = numbered(5, 5);
  ds::expr::progression const axes[2] = {};
  auto const d = ds::expr::make_view<ds::expr::axis_map<0, 0>, false>(ds::as_expression(x),
                                                                      dims<dyn>{5}, axes);
  auto const y = ds::eval(d * 2.f);
  for (int i = 0; i < 5; ++i) CHECK(y(i) == float(12 * i));
  auto const wrapped =
      ds::expr::make_view<ds::expr::axis_map<0, 0>, false>(x * 1.f + 1.f, dims<dyn>{5}, axes);
  auto const z = ds::eval(wrapped);
  for (int i = 0; i < 5; ++i) CHECK(z(i) == float(6 * i + 1));
}

TEST_CASE("axis_map: the result axis that an operand's axis follows") {
  using map = ds::expr::axis_map<2, -1, 0>;
  static_assert(map::count == 3);
  static_assert(map::of(0) == 2);
  static_assert(map::of(1) == -1);
  static_assert(ds::expr::axis_map<>::count == 0);
}

TEST_CASE("reshape of a row-major leaf reads it where it lies; of a transposed one, a copy") {
  matrix const x = numbered(3, 4);
  auto const flat = library::flat(x);
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(flat)>> == 1);
  auto const y = ds::eval(flat);
  for (int i = 0; i < 12; ++i) CHECK(y(i) == float(i));
  auto const turned = ds::eval(library::flat(library::permute(x, ds::axes<1, 0>)));
  for (int i = 0; i < 12; ++i) CHECK(turned(i) == float(i % 3 * 4 + i / 3));
}
}  // namespace
