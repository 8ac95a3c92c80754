// SPDX-License-Identifier: Apache-2.0
/// @file top_1: the first of each row, of every kind and type, against std::stable_sort.
#include <deepseek/kernel/top_1.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "run_grid.hpp"
#include "top_k_cases.hpp"

namespace test = deepseek::test;
using deepseek::kernel::extreme;
using deepseek::kernel::top_1;
using test::filling;

namespace {

template <class T>
void check(filling kind, int rows, int columns, extreme which, int blocks = 1, int threads = 64) {
  CAPTURE(static_cast<int>(kind));
  CAPTURE(columns);
  int const stride = columns + 1;
  auto const x = test::row_of<T>(kind, rows * stride, 5);
  std::vector<T> values(static_cast<std::size_t>(rows), T{});
  std::vector<std::int64_t> indices(values.size(), -1);
  top_1<T> const kernel{x.data(), values.data(), indices.data(), stride, rows, columns, which};
  test::operands memory;
  memory.read(x).write(values).write(indices);
  CHECK(test::grid_fault(kernel, {blocks, 1, 1}, threads, memory) == "");
  for (int r = 0; r < rows; ++r) {
    auto const wanted = test::first_k(x.data() + r * stride, columns, 1, which,
                                      deepseek::kernel::top_order::by_value)[0];
    CHECK(indices[static_cast<std::size_t>(r)] == wanted);
    CHECK(std::memcmp(&values[static_cast<std::size_t>(r)],
                      &x[static_cast<std::size_t>(r * stride + wanted)], sizeof(T)) == 0);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("every type, every kind of row", T, double, float, deepseek::f16, deepseek::bf16,
                   deepseek::fp8_e5m2, std::int8_t, std::int64_t, std::uint8_t) {
  for (auto const kind :
       {filling::random, filling::few_values, filling::all_equal, filling::ascending,
        filling::descending, filling::extremes, filling::zeros})
    for (auto const which : {extreme::largest, extreme::smallest}) {
      check<T>(kind, 3, 1500, which, 2);
      check<T>(kind, 1, 7, which, 1, 512);
    }
}

TEST_CASE("one element, and a row of a million") {
  check<float>(filling::random, 2, 1, extreme::largest);
  check<float>(filling::random, 1, 1 << 20, extreme::smallest, 1, 512);
}
