// SPDX-License-Identifier: Apache-2.0
/// @file sort_keys and take_sorted: with a sort between them, each row in order.
#include <deepseek/kernel/sort_rows.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "run_grid.hpp"
#include "top_k_cases.hpp"

namespace test = deepseek::test;
using deepseek::kernel::extreme;
using deepseek::kernel::sort_keys;
using deepseek::kernel::take_sorted;
using test::filling;

namespace {

template <class T> void check(filling kind, int rows, int columns, bool descending, int blocks) {
  int const stride = columns + 2;
  auto const x = test::row_of<T>(kind, rows * stride, 3);
  auto const count = static_cast<std::size_t>(rows * columns);
  std::vector<deepseek::radix_key_t<T>> keys(count, 77);
  std::vector<std::uint32_t> places(count, 77);
  sort_keys<T> const first{x.data(), keys.data(), places.data(), stride, rows, columns, descending};
  test::operands memory;
  memory.read(x).write(keys).write(places);
  CHECK(test::grid_fault(first, {blocks, 1, 1}, 64, memory) == "");
  auto sorted = places;
  for (int r = 0; r < rows; ++r)
    std::stable_sort(sorted.begin() + r * columns, sorted.begin() + (r + 1) * columns,
                     [&](std::uint32_t a, std::uint32_t b) {
                       auto const own = static_cast<std::size_t>(r * columns);
                       return keys[own + a] < keys[own + b];
                     });
  std::vector<T> values(count);
  std::vector<std::int64_t> indices(count, -1);
  take_sorted<T, true, true> const second{x.data(), sorted.data(), values.data(), indices.data(),
                                          stride,   columns,       rows,          columns};
  test::operands then;
  then.read(x).read(sorted).write(values).write(indices);
  CHECK(test::grid_fault(second, {blocks, 1, 1}, 64, then) == "");
  std::vector<std::uint32_t> copied(static_cast<std::size_t>(rows * (columns / 2)), 77);
  test::operands rest;
  rest.read(sorted).write(copied);
  deepseek::kernel::copy_places const half{sorted.data(), copied.data(), columns, rows,
                                           columns / 2};
  CHECK(test::grid_fault(half, {blocks, 1, 1}, 64, rest) == "");
  int wrong = 0;
  for (std::size_t i = 0; i < copied.size(); ++i) {
    auto const half_of = static_cast<std::size_t>(columns / 2);
    wrong +=
        copied[i] == sorted[i / half_of * static_cast<std::size_t>(columns) + i % half_of] ? 0 : 1;
  }
  for (int r = 0; r < rows; ++r) {
    auto const wanted = test::first_k(x.data() + r * stride, columns, columns,
                                      descending ? extreme::largest : extreme::smallest,
                                      deepseek::kernel::top_order::by_value);
    for (int i = 0; i < columns; ++i) {
      auto const at = static_cast<std::size_t>(r * columns + i);
      auto const w = wanted[static_cast<std::size_t>(i)];
      wrong += indices[at] == w ? 0 : 1;
      wrong +=
          std::memcmp(&values[at], &x[static_cast<std::size_t>(r * stride + w)], sizeof(T)) == 0
              ? 0
              : 1;
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE_TEMPLATE("rows of every kind, in both directions", T, double, float, deepseek::bf16,
                   std::int8_t, std::int64_t) {
  for (auto const kind : {filling::random, filling::few_values, filling::extremes, filling::zeros})
    for (bool const descending : {false, true}) {
      check<T>(kind, 3, 101, descending, 2);
      check<T>(kind, 1, 1, descending, 1);
    }
}
