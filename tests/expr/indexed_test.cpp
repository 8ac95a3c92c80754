// SPDX-License-Identifier: Apache-2.0
/// @file Gather, pad and generated values as nodes.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/indexed.hpp>

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

TEST_CASE("gather rows: an embedding; repeated and unordered indices") {
  matrix const table = numbered(7, 19);
  ds::tensor<std::int64_t, dims<dyn>> const ids(dims<dyn>{5}, {6, 0, 0, 3, 6});
  auto const e = library::take(table, ids, ds::axes<0>);
  static_assert(std::remove_cvref_t<decltype(e)>::rank == 2);
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(e)>> == 1);
  auto const y = ds::eval(e + 0.5f);
  for (int r = 0; r < 5; ++r)
    for (int c = 0; c < 19; ++c) CHECK(y(r, c) == float(ids(r) * 19 + c) + 0.5f);
}

TEST_CASE("gather columns, by indices of two axes and of a short integer type") {
  matrix const x = numbered(3, 11);
  ds::tensor<std::int32_t, dims<dyn, dyn>> ids(2, 9);
  for (int i = 0; i < 18; ++i) ids.data()[i] = i * 7 % 11;
  auto const y = ds::eval(library::take(x, ids, ds::axes<1>));
  static_assert(std::remove_cvref_t<decltype(y)>::rank == 3);
  for (int r = 0; r < 3; ++r)
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 9; ++j) CHECK(y(r, i, j) == float(r * 11 + ids(i, j)));
}

TEST_CASE("gather reads a transposed source and small dtypes as they are") {
  ds::tensor<ds::bf16, dims<dyn, dyn>> x(4, 20);
  for (int i = 0; i < 80; ++i) x.data()[i] = ds::bf16(float(i));
  ds::tensor<std::int64_t, dims<dyn>> const ids(dims<dyn>{3}, {19, 2, 5});
  auto const y = ds::eval(library::take(library::permute(x, ds::axes<1, 0>), ids, ds::axes<0>));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(y)>::value_type, ds::bf16>);
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 4; ++c) CHECK(float(y(r, c)) == float(c * 20 + ids(r)));
}

TEST_CASE("pad: the value around, of any dtype; memory around the operand is not read") {
  ds::tensor<std::int8_t, dims<dyn>> x(dims<dyn>{3}, {1, 2, 3});
  auto const y = ds::eval(library::pad(x, ds::axes<0>, 40, 2, -5.f));
  for (int i = 0; i < 45; ++i) CHECK(int(y(i)) == (i >= 40 && i < 43 ? i - 39 : -5));
}

TEST_CASE("pad by less than nothing cuts") {
  matrix const x = numbered(2, 30);
  auto const y = ds::eval(library::pad(x, ds::last, -3, -7, 9.f));
  CHECK(y.extent(1) == 20);
  for (int r = 0; r < 2; ++r)
    for (int c = 0; c < 20; ++c) CHECK(y(r, c) == x(r, c + 3));
}

TEST_CASE("generated values know the row-major number of their element") {
  matrix const x(3, 21);
  auto const e = library::ramp_like(x, 2.f, 1.f);
  auto const y = ds::eval(e);
  for (int i = 0; i < 63; ++i) CHECK(y.data()[i] == float(2 * i + 1));
  auto const columns = ds::eval(library::sum(e, ds::axes<0>));
  for (int c = 0; c < 21; ++c) CHECK(columns(0, c) == float(3 * (2 * (c + 21) + 1)));
}
}  // namespace
