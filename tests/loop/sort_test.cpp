// SPDX-License-Identifier: Apache-2.0
/// @file sort_rows: every type and kind of row, short and shared by threads, against std::stable_sort.
#include <deepseek/loop/sort.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "../kernel/top_k_cases.hpp"

namespace loop = deepseek::loop;
namespace test = deepseek::test;
using deepseek::kernel::extreme;
using test::filling;

namespace {

template <class T>
void check(filling kind, int rows, int columns, bool descending, int threads, int step = 1) {
  CAPTURE(static_cast<int>(kind));
  CAPTURE(columns);
  CAPTURE(descending);
  CAPTURE(threads);
  struct one {
    T value;
  };
  int const stride = columns * step + 3;
  auto const filled = test::row_of<T>(kind, rows * stride, 11);
  std::vector<one> x(filled.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i].value = filled[i];
  std::vector<std::int64_t> places(static_cast<std::size_t>(rows * columns), -1);
  loop::rows_along<T const> const from{&x[0].value, rows, columns, step, 1, {rows}, {stride}};
  loop::sort_rows(
      from, descending,
      [&](std::int64_t r, T const* row, auto const& place) {
        CHECK(row == from.row(r));
        for (int i = 0; i < columns; ++i)
          places[static_cast<std::size_t>(r * columns + i)] = place(i);
      },
      threads);
  int wrong = 0;
  std::vector<one> row(static_cast<std::size_t>(columns));
  for (int r = 0; r < rows; ++r) {
    for (int i = 0; i < columns; ++i)
      row[static_cast<std::size_t>(i)] = x[static_cast<std::size_t>(r * stride + i * step)];
    auto const wanted = test::first_k(&row[0].value, columns, columns,
                                      descending ? extreme::largest : extreme::smallest,
                                      deepseek::kernel::top_order::by_value);
    for (int i = 0; i < columns; ++i)
      wrong +=
          places[static_cast<std::size_t>(r * columns + i)] == wanted[static_cast<std::size_t>(i)]
              ? 0
              : 1;
  }
  CHECK(wrong == 0);
}

constexpr filling kinds[] = {filling::random,    filling::few_values, filling::all_equal,
                             filling::ascending, filling::descending, filling::extremes,
                             filling::zeros};

}  // namespace

TEST_CASE_TEMPLATE("every type, every kind of row, by digits and without", T, double, float,
                   deepseek::f16, deepseek::bf16, deepseek::fp8_e4m3, deepseek::fp8_e5m2,
                   std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, bool) {
  for (auto const kind : kinds)
    for (bool const descending : {false, true}) {
      check<T>(kind, 3, 100, descending, 2);
      check<T>(kind, 2, 700, descending, 1);
    }
}

TEST_CASE("every length around where the way changes; a step between elements") {
  for (int const n : {1, 2, 255, 256, 257, 5000})
    for (int const rows : {1, 5}) {
      check<float>(filling::random, rows, n, false, 2, 3);
      check<std::int64_t>(filling::few_values, rows, n, true, 3);
    }
}

TEST_CASE("a row that threads share: the same for any number of them") {
  for (int const threads : {1, 2, 3, 8}) {
    check<float>(filling::extremes, 1, 100003, false, threads);
    check<double>(filling::random, 2, 70001, true, threads);
    check<std::int8_t>(filling::few_values, 1, 100003, true, threads);
  }
}
