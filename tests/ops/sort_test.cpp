// SPDX-License-Identifier: Apache-2.0
/// @file sort, argsort: PyTorch's values and places, stable, along any axis.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/sort.hpp>
#include <deepseek/ops/take.hpp>

#include <doctest/doctest.h>

#include <string>

#include "tests/support/golden_ops.hpp"
#include "view_cases.hpp"

namespace ds = deepseek;
namespace test = deepseek::test;
using ds::dims;

namespace {

auto const& golden() {
  static auto const arrays = test::read_golden_arrays("calls/sort.safetensors");
  return arrays;
}

template <class T, int Rank, int Axis> void check(std::string const& name) {
  auto const x = test::tensor_of<T, Rank>(golden().at(name));
  for (auto const order : {ds::sort_order::ascending, ds::sort_order::descending}) {
    std::string const key = name + "_" + std::to_string(Axis) +
                            (order == ds::sort_order::ascending ? "_ascending" : "_descending");
    CAPTURE(key);
    constexpr auto along = ds::axes<Axis>;
    test::check_same(ds::sort(x, order, along), golden().at(key + "_values"));
    test::check_same(ds::argsort(x, order, along), golden().at(key + "_places"));
    auto const [values, places] = ds::sort_with_places(x, order, along);
    test::check_same(values, golden().at(key + "_values"));
    test::check_same(places, golden().at(key + "_places"));
    test::check_same(ds::gather(x, along, ds::argsort(x, order, along)),
                     golden().at(key + "_values"));
  }
}

}  // namespace

TEST_CASE(
    "PyTorch's stable sort, with NaN, infinities, equals and large integers, along any axis") {
  check<float, 2, 1>("special");
  check<float, 2, 1>("few");
  check<std::int64_t, 2, 1>("int64");
  check<ds::bf16, 2, 1>("bf16");
  check<std::int32_t, 3, 1>("cube");
  check<std::int32_t, 3, 0>("cube");
}

TEST_CASE(
    "of an expression, in place, into strided memory; the last axis unless another is named") {
  auto x = test::tensor_of<float, 2>(golden().at("few"));
  auto const& wanted = golden().at("few_1_ascending_values");
  test::check_same(ds::sort(x + 1.f) - 1.f, wanted);
  static_assert(ds::kernel_count<decltype(ds::sort(x + 1.f) - 1.f)> == 3);
  static_assert(ds::kernel_count<decltype(ds::sort(x))> == 1);
  (x = ds::sort(x)).run(ds::host{});
  test::check_same(ds::as_expression(x), wanted);
}
