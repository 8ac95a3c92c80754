// SPDX-License-Identifier: Apache-2.0
/// @file histogram and bincount: PyTorch's histc and bincount.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/histogram.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/sum.hpp>

#include <doctest/doctest.h>

#include "tests/support/golden_ops.hpp"
#include "view_cases.hpp"

namespace ds = deepseek;
namespace test = deepseek::test;
using ds::dims;

TEST_CASE("PyTorch's counts, of a tensor, an expression and a permuted view") {
  auto const golden = test::read_golden_arrays("calls/histogram.safetensors");
  auto const x = test::tensor_of<float, 2>(golden.at("x"));
  test::check_same(ds::histogram(x, 8, -4, 4), golden.at("x_8_-4_4"));
  test::check_same(ds::histogram(ds::permute<1, 0>(x), 8, -4, 4), golden.at("x_8_-4_4"));
  test::check_same(ds::histogram(-(-x), 100, 0, 1), golden.at("x_100_0_1"));
  auto const ids = test::tensor_of<std::int32_t, 2>(golden.at("indices"));
  test::check_same(ds::bincount(ids, 60), golden.at("indices_60"));
  CHECK(ds::eval(ds::sum(ds::bincount(ids, 60), ds::axes<0>))(0) == 1000);
}

TEST_CASE("what has no bin is not counted; the same for any number of threads") {
  ds::tensor<std::int8_t, dims<6>> ids;
  int const values[] = {-1, 0, 3, 3, 4, 100};
  for (int i = 0; i < 6; ++i) ids(i) = static_cast<std::int8_t>(values[i]);
  auto const counts = ds::eval(ds::bincount(ids, 4));
  CHECK(counts(0) == 1);
  CHECK(counts(1) == 0);
  CHECK(counts(3) == 2);
  ds::tensor<float, dims<ds::dyn>> x{dims<ds::dyn>{200003}};
  for (int i = 0; i < 200003; ++i) x(i) = static_cast<float>(i % 1000);
  ds::tensor<std::int64_t, dims<ds::dyn>> of_threads[2] = {
      ds::tensor<std::int64_t, dims<ds::dyn>>{dims<ds::dyn>{10}},
      ds::tensor<std::int64_t, dims<ds::dyn>>{dims<ds::dyn>{10}}};
  (of_threads[0] = ds::histogram(x, 10, 0, 1000)).run(ds::host{1});
  (of_threads[1] = ds::histogram(x, 10, 0, 1000)).run(ds::host{8});
  for (int b = 0; b < 10; ++b) CHECK(of_threads[0](b) == of_threads[1](b));
  CHECK(of_threads[0](9) == 20000);
  CHECK(of_threads[0](0) == 20003);
}

TEST_CASE("bins that are none") {
  ds::tensor<float, dims<6>> x;
  CHECK_THROWS_WITH_AS(
      (void)ds::histogram(x, 0, 0, 1),
      "[DS-HISTOGRAM-BINS] histogram(x, bins, low, high): 0 bins from 0 to 1. Fix: 1 "
      "to 2^31 - 1 bins, low < high.",
      ds::argument_error);
  CHECK_THROWS_AS((void)ds::histogram(x, 5, 1, 1), ds::argument_error);
  ds::tensor<std::int32_t, dims<6>> ids;
  CHECK_THROWS_AS((void)ds::bincount(ids, -1), ds::argument_error);
}
