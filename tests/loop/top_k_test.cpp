// SPDX-License-Identifier: Apache-2.0
/// @file top_k_rows: every type and kind of row, any number of threads, against std::stable_sort.
#include <deepseek/loop/top_k.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "../kernel/top_k_cases.hpp"

namespace loop = deepseek::loop;
namespace test = deepseek::test;
using test::filling;

namespace {

/// Rows of `columns`, a gap between them, each element `step` after the one before.
template <class T>
void check(filling kind, int rows, int columns, int k, bool largest, bool sorted, int threads,
           int step = 1) {
  CAPTURE(static_cast<int>(kind));
  CAPTURE(columns);
  CAPTURE(k);
  CAPTURE(largest);
  CAPTURE(threads);
  struct one {
    T value;
  };
  int const stride = columns * step + 3;
  auto const filled = test::row_of<T>(kind, rows * stride, 11);
  std::vector<one> x(filled.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i].value = filled[i];
  auto const found = static_cast<std::size_t>(rows * k);
  std::vector<one> values(found);
  std::memset(static_cast<void*>(values.data()), 0x55, found * sizeof(T));
  std::vector<std::int64_t> indices(found, -1);
  loop::rows_along<T const> from{&x[0].value, rows, columns, step, 1, {rows}, {stride}};
  loop::rows_along<T> to{&values[0].value, rows, k, 1, 1, {rows}, {k}};
  loop::rows_along<std::int64_t> places{indices.data(), rows, k, 1, 1, {rows}, {k}};
  loop::top_k_rows(from, k, {largest, sorted}, to, places, threads);
  int wrong = 0;
  std::vector<one> row(static_cast<std::size_t>(columns));
  for (int r = 0; r < rows; ++r) {
    for (int i = 0; i < columns; ++i)
      row[static_cast<std::size_t>(i)] = x[static_cast<std::size_t>(r * stride + i * step)];
    auto const wanted = test::first_k(
        &row[0].value, columns, k,
        largest ? deepseek::kernel::extreme::largest : deepseek::kernel::extreme::smallest,
        sorted ? deepseek::kernel::top_order::by_value : deepseek::kernel::top_order::by_index);
    for (int i = 0; i < k; ++i) {
      auto const at = static_cast<std::size_t>(r * k + i);
      auto const w = static_cast<std::size_t>(wanted[static_cast<std::size_t>(i)]);
      wrong += indices[at] == static_cast<std::int64_t>(w) ? 0 : 1;
      wrong += std::memcmp(&values[at], &row[w], sizeof(T)) == 0 ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

constexpr filling kinds[] = {filling::random,    filling::few_values, filling::all_equal,
                             filling::ascending, filling::descending, filling::extremes,
                             filling::zeros};

}  // namespace

TEST_CASE_TEMPLATE("every type, every kind of row", T, double, float, deepseek::f16, deepseek::bf16,
                   deepseek::fp8_e4m3, deepseek::fp8_e5m2, std::int8_t, std::int16_t, std::int32_t,
                   std::int64_t, std::uint8_t, bool) {
  for (auto const kind : kinds)
    for (bool const largest : {true, false}) {
      check<T>(kind, 2, 300, 10, largest, true, 1);
      check<T>(kind, 1, 3001, 70, largest, false, 2);
    }
}

TEST_CASE("k from 1 to all, rows from one element on, with a step between elements") {
  for (int const n : {1, 2, 16, 63, 64, 65, 129, 1000, 2049})
    for (int const k : {1, 2, 17, 64, 1000, 2048})
      if (k <= n) {
        check<float>(filling::random, 3, n, k, true, true, 2);
        check<float>(filling::few_values, 1, n, k, false, true, 1, 3);
        check<float>(filling::extremes, 1, n, n, true, false, 1);
      }
}

TEST_CASE("long rows in parts: the same for any number of threads") {
  for (auto const kind : kinds)
    for (int const threads : {1, 2, 3, 8}) check<float>(kind, 1, 300007, 100, true, true, threads);
  check<deepseek::bf16>(filling::random, 2, 500009, 2048, false, true, 8);
}
