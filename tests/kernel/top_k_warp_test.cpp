// SPDX-License-Identifier: Apache-2.0
/// @file top_k_warp: short rows of every kind, length and type, in both orders, against std::stable_sort.
#include <deepseek/kernel/top_k_warp.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "run_grid.hpp"
#include "top_k_cases.hpp"

namespace test = deepseek::test;
using deepseek::kernel::extreme;
using deepseek::kernel::top_k_warp;
using deepseek::kernel::top_order;
using test::filling;

namespace {

template <class T, int Items = 8>
void check(filling kind, int rows, int columns, int k, extreme which, top_order order,
           int blocks = 1, int threads = 64) {
  CAPTURE(static_cast<int>(kind));
  CAPTURE(columns);
  CAPTURE(k);
  CAPTURE(which == extreme::largest);
  CAPTURE(order == top_order::by_value);
  int const stride = columns + 1;
  auto const filled = test::row_of<T>(kind, rows * stride, 5);
  struct one {
    T value;
  };
  std::vector<one> x(filled.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i].value = filled[i];
  auto const found = static_cast<std::size_t>(rows * k);
  std::vector<one> values(found);
  std::memset(static_cast<void*>(values.data()), 0x55, found * sizeof(T));
  std::vector<std::int64_t> indices(found, -1);
  top_k_warp<T, std::int64_t, Items> const kernel{
      &x[0].value, &values[0].value, indices.data(), stride, rows, columns, k, which, order};
  test::operands memory;
  memory.read(&x[0].value, static_cast<std::size_t>((rows - 1) * stride + columns))
      .write(values)
      .write(indices);
  CHECK(test::grid_fault(kernel, {blocks, 1, 1}, threads, memory) == "");
  int wrong = 0;
  for (int r = 0; r < rows; ++r) {
    auto const wanted = test::first_k(&x[0].value + r * stride, columns, k, which, order);
    for (int i = 0; i < k; ++i) {
      auto const at = static_cast<std::size_t>(r * k + i);
      auto const w = wanted[static_cast<std::size_t>(i)];
      wrong += indices[at] == w ? 0 : 1;
      wrong += std::memcmp(&values[at], &x[0].value + r * stride + w, sizeof(T)) == 0 ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE_TEMPLATE("every type, every kind of row", T, double, float, deepseek::f16, deepseek::bf16,
                   deepseek::fp8_e4m3, std::int8_t, std::int32_t, std::int64_t, bool) {
  for (auto const kind :
       {filling::random, filling::few_values, filling::all_equal, filling::ascending,
        filling::descending, filling::extremes, filling::zeros})
    for (auto const which : {extreme::largest, extreme::smallest})
      for (auto const order : {top_order::by_value, top_order::by_index})
        check<T>(kind, 2, 200, 9, which, order);
}

TEST_CASE("every length and k around a warp; more rows than warps") {
  for (int const n : {1, 2, 31, 32, 33, 63, 64, 255, 256})
    for (int const k : {1, 2, 31, 32, 33, 64, 100})
      if (k <= n) {
        check<float>(filling::random, 5, n, k, extreme::largest, top_order::by_value, 2);
        check<float>(filling::few_values, 3, n, k, extreme::smallest, top_order::by_index, 1, 32);
      }
  check<float, 1>(filling::random, 9, 32, 32, extreme::largest, top_order::by_value, 3, 128);
  check<float, 32>(filling::extremes, 2, 1024, 40, extreme::largest, top_order::by_value);
  check<double, 32>(filling::few_values, 1, 1000, 1, extreme::largest, top_order::by_value);
}

TEST_CASE("fault: a row that is shorter than the kernel was told") {
  std::vector<float> const input(100);
  std::vector<float> values(4);
  std::vector<std::int64_t> indices(4);
  top_k_warp<float> const kernel{input.data(), values.data(), indices.data(), 101, 1, 101, 4};
  test::operands memory;
  memory.read(input, "the row").write(values).write(indices);
  CHECK(test::grid_fault(kernel, {}, 32, memory).find("[DS-EMULATED-GLOBAL]") != std::string::npos);
}
