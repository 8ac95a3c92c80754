// SPDX-License-Identifier: Apache-2.0
/// @file What one kernel becomes on the host: its loops, its passes, and whether memory is in the way.
#include <deepseek/plan/host/program.hpp>

#include <deepseek/expr/bind.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/iota.hpp>
#include <deepseek/ops/pad.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

namespace {

namespace ds = deepseek;
using ds::plan::host::program;
using matrix = ds::tensor<float, ds::dims<ds::dyn, ds::dyn>>;
using wide_matrix = ds::tensor<double, ds::dims<ds::dyn, ds::dyn>>;

/// root_of(y, e): the root of y = e.
template <class Y, class E> auto root_of(Y& y, E const& expression) {
  auto const e = ds::as_expression(expression);
  using View = decltype(y.as_view());
  using Store = ds::expr::store_node<View, std::remove_cvref_t<decltype(e)>>;
  return ds::expr::outputs_node<Store>{Store{y.as_view(), e}};
}
template <class Root> using program_of = program<std::remove_cvref_t<Root>>;

template <class Y, class E> bool conflicts(Y& y, E const& e) {
  auto const root = root_of(y, e);
  return program_of<decltype(root)>{root}.conflicts();
}

matrix numbered(std::int64_t rows, std::int64_t columns) {
  matrix x(rows, columns);
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i);
  return x;
}

}  // namespace

TEST_CASE("lanes run along the last reduced axis, else along the last axis") {
  matrix x = numbered(3, 5), y(3, 5);
  auto const map = root_of(y, x * 2.f);
  auto const rows = root_of(y, x - ds::sum(x, ds::last));
  auto const columns = root_of(y, x - ds::sum(x, ds::axes<0>));
  using Map = program_of<decltype(map)>::S;
  using Rows = program_of<decltype(rows)>::S;
  using Columns = program_of<decltype(columns)>::S;
  CHECK(Map::row_set == 0u);
  CHECK(Map::lane_axis == 1);
  CHECK(Rows::row_set == 2u);
  CHECK(Rows::lanes_reduced);
  CHECK(Columns::row_set == 1u);
  CHECK(Columns::lane_axis == 1);
  CHECK_FALSE(Columns::lanes_reduced);
}

TEST_CASE("a vector has as many lanes as the widest type in the kernel allows") {
  matrix x = numbered(3, 5), y(3, 5);
  wide_matrix z(3, 5);
  auto const narrow = root_of(y, x + 1.f);
  auto const wide = root_of(z, x + z);
  constexpr int bytes = ds::arch::vector_bytes;
  CHECK(program_of<decltype(narrow)>::S::lanes == bytes / 4);
  CHECK(program_of<decltype(wide)>::S::lanes == bytes / 8);
}

TEST_CASE("a reduction that needs another one's result is a pass of its own") {
  matrix x = numbered(3, 5), y(3, 5);
  auto const none = root_of(y, x * x);
  auto const one = root_of(y, ds::max(x, ds::last) + ds::sum(x, ds::last) + x);
  auto const two = root_of(y, ds::let(ds::exp(x - ds::max(x, ds::last)),
                                      [](auto e) { return e / ds::sum(e, ds::last); }));
  CHECK(program_of<decltype(none)>::cursor::level == 0);
  CHECK(program_of<decltype(one)>::cursor::level == 1);
  CHECK(program_of<decltype(two)>::cursor::level == 2);
}

TEST_CASE("a result may lie on an operand's own elements, and on no others") {
  matrix x = numbered(6, 6), other = numbered(6, 6);
  CHECK_FALSE(conflicts(other, x * 2.f));
  CHECK_FALSE(conflicts(x, x * 2.f));
  CHECK_FALSE(conflicts(x, x / ds::sum(x, ds::last)));
  CHECK(conflicts(x, ds::permute<1, 0>(x) * 2.f));
  auto top = ds::slice(x, ds::axes<0>, ds::range{0, 5});
  auto below = ds::slice(x, ds::axes<0>, ds::range{1, 6});
  using View = decltype(top);
  using Store = ds::expr::store_node<View, decltype(ds::as_expression(below))>;
  ds::expr::outputs_node<Store> const shifted{Store{top, ds::as_expression(below)}};
  CHECK(program<std::remove_cvref_t<decltype(shifted)>>{shifted}.conflicts());
}

TEST_CASE("run: the result is written, all of it") {
  matrix x = numbered(7, 19), y(7, 19);
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = -1;
  auto const root = root_of(y, x - ds::max(x, ds::last));
  program_of<decltype(root)>{root}.run(1);
  for (std::int64_t r = 0; r < 7; ++r)
    for (std::int64_t c = 0; c < 19; ++c) CHECK(y(r, c) == static_cast<float>(c - 18));
}

TEST_CASE("no element, nothing to run") {
  matrix x(0, 5), y(0, 5);
  auto const root = root_of(y, x + 1.f);
  program_of<decltype(root)>{root}.run(4);
  CHECK(y.size() == 0);
}

TEST_CASE(
    "an axis of one element is one value for all lanes; beside it, under a pad, there is none") {
  using column = ds::tensor<float, ds::dims<ds::dyn, 1>>;
  constexpr std::int64_t n = 37;  // whole vectors and a rest
  column x(3, 1);
  for (std::int64_t i = 0; i < 3; ++i) x.data()[i] = static_cast<float>(10 * i + 1);
  auto const far = ds::slice(x, ds::range{.step = 2});  // strides that no type knows
  matrix y(2, n), z = numbered(2, n);
  auto const spread =
      root_of(y, z + far + ds::cast<float>(ds::iota<std::int32_t>(ds::dims<2, 1>{})));
  program_of<decltype(spread)> one{spread};
  one.run(1);
  for (std::int64_t i = 0; i < 2; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      CHECK(y(i, j) == z(i, j) + x(2 * i, 0) + static_cast<float>(i));
  auto const beside = root_of(y, ds::pad(far, {{0, 0}, {20, 16}}, -1.f));
  program_of<decltype(beside)> bordered{beside};
  bordered.run(1);
  for (std::int64_t i = 0; i < 2; ++i)
    for (std::int64_t j = 0; j < n; ++j) CHECK(y(i, j) == (j == 20 ? x(2 * i, 0) : -1.f));
}
