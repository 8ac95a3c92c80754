// SPDX-License-Identifier: Apache-2.0
/// @file top_k: PyTorch's values and places; of equals the lowest place; any axis, dtype and strides.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/ops/take.hpp>
#include <deepseek/ops/top_k.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "tests/support/golden_ops.hpp"
#include "view_cases.hpp"

namespace ds = deepseek;
namespace test = deepseek::test;
using ds::dims;
using ds::dyn;

namespace {

auto const& golden() {
  static auto const arrays = test::read_golden_arrays("calls/top_k.safetensors");
  return arrays;
}

template <int Rank, int Axis> void check(std::string const& name, int k) {
  auto const x = test::tensor_of<float, Rank>(golden().at(name));
  for (bool const largest : {true, false}) {
    std::string const key = name + "_" + std::to_string(k) + "_" + std::to_string(Axis) +
                            (largest ? "_largest" : "_smallest");
    CAPTURE(key);
    auto const [values, places] = ds::top_k(x, k, {.largest = largest}, ds::axes<Axis>);
    test::check_same(values, golden().at(key + "_values"));
    if (name != "special") test::check_same(places, golden().at(key + "_places"));
    else test::check_same(ds::gather(x, ds::axes<Axis>, places), golden().at(key + "_values"));
  }
}

}  // namespace

TEST_CASE("PyTorch's values and places, along any axis, with NaN and infinities") {
  for (int const k : {1, 37, 700}) check<2, 1>("distinct", k);
  check<3, 1>("cube", 3);
  check<3, 0>("cube", 2);
  check<2, 1>("special", 50);
}

TEST_CASE("of equals the lowest place comes first; unsorted results are in the order of places") {
  ds::tensor<std::int8_t, dims<dyn>> x{dims<dyn>{300}};
  for (int i = 0; i < 300; ++i) x(i) = static_cast<std::int8_t>(i % 3);
  auto const places = ds::eval(ds::get<1>(ds::top_k<5>(x)));
  static_assert(decltype(places)::dims_type::static_extent(0) == 5);
  for (int i = 0; i < 5; ++i) CHECK(places(i) == 3 * i + 2);
  auto const lowest = ds::eval(ds::get<1>(ds::top_k(x, 102, {.largest = false})));
  CHECK(lowest(99) == 297);
  CHECK(lowest(100) == 1);
  auto const unsorted = ds::eval(ds::get<1>(ds::top_k(x, 102, {.sorted = false})));
  CHECK(unsorted(0) == 1);
  CHECK(unsorted(1) == 2);
  CHECK(unsorted(101) == 299);
}

TEST_CASE(
    "of an expression, of a permuted view, into strided memory, in one expression with its "
    "results") {
  auto const x = test::tensor_of<float, 2>(golden().at("distinct"));
  auto const turned = ds::permute<1, 0>(x);
  auto const& wanted = golden().at("distinct_37_1_largest_values");
  test::check_same(ds::permute<1, 0>(ds::get<0>(ds::top_k(turned, 37, {}, ds::axes<0>))), wanted);
  test::check_same(-ds::get<0>(ds::top_k(-x, 37, {.largest = false})), wanted);
  auto const probabilities = ds::let(ds::top_k(x / 100.f, 8), [](auto t) {
    return ds::sum(ds::softmax(ds::get<0>(t), ds::axes<-1>) * ds::get<1>(t), ds::axes<-1>);
  });
  static_assert(ds::kernel_count<decltype(probabilities)> == 3);
  auto const expected = ds::eval(probabilities);
  auto const [values, places] = ds::top_k(x / 100.f, 8);
  auto const apart = ds::eval(ds::sum(ds::softmax(values, ds::axes<-1>) * places, ds::axes<-1>));
  for (int i = 0; i < 3; ++i) CHECK(expected(i, 0) == apart(i, 0));
}

TEST_CASE("k = 0, no rows, and k that is too large") {
  ds::tensor<float, dims<dyn, dyn>> x{dims<dyn, dyn>{0, 5}};
  CHECK(ds::eval(ds::get<0>(ds::top_k(x, 3))).size() == 0);
  ds::tensor<float, dims<4>> y;
  CHECK(ds::eval(ds::get<1>(ds::top_k(y, 0))).size() == 0);
  CHECK_THROWS_WITH_AS(
      (void)ds::top_k(y, 5),
      "[DS-TOP-K-COUNT] top_k(x, k): x is [4], its rows have 4 elements and k is 5. "
      "Fix: 0 <= k <= 4.",
      ds::shape_error);
  CHECK_THROWS_AS((void)ds::top_k(y, -1), ds::shape_error);
}
