// SPDX-License-Identifier: Apache-2.0
/// @file scatter_add: PyTorch's index_add, in order, with one rounding.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/scatter_add.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "tests/support/golden_ops.hpp"
#include "view_cases.hpp"

namespace ds = deepseek;
namespace test = deepseek::test;
using ds::dims;
using ds::dyn;

TEST_CASE("PyTorch's sums, of rows and of columns, of permuted views and expressions") {
  auto const golden = test::read_golden_arrays("calls/scatter_add.safetensors");
  auto const x = test::tensor_of<float, 2>(golden.at("x"));
  auto const source = test::tensor_of<float, 2>(golden.at("source"));
  auto const indices = test::tensor_of<std::int64_t, 1>(golden.at("indices"));
  test::check_same(ds::scatter_add(x, ds::axes<0>, indices, source), golden.at("rows"));
  auto const turned =
      ds::scatter_add(ds::permute<1, 0>(x), ds::axes<-1>, indices, ds::permute<1, 0>(source));
  test::check_same(turned, golden.at("columns"));
  test::check_same(ds::scatter_add(x, ds::axes<0>, indices, -(-source)) + 0.f, golden.at("rows"));
}

TEST_CASE("bf16 is rounded once; integers wrap; in place; the same for any number of threads") {
  ds::tensor<ds::bf16, dims<1>> x;
  x(0) = static_cast<ds::bf16>(256.f);
  ds::tensor<ds::bf16, dims<4>> ones;
  ds::tensor<std::int32_t, dims<4>> zero;
  for (int i = 0; i < 4; ++i) {
    ones(i) = static_cast<ds::bf16>(1.f);
    zero(i) = 0;
  }
  CHECK(static_cast<float>(ds::eval(ds::scatter_add(x, ds::axes<0>, zero, ones))(0)) == 260);
  ds::tensor<std::int8_t, dims<1>> byte;
  byte(0) = 127;
  CHECK(ds::eval(ds::scatter_add(byte, ds::axes<0>, zero, zero + 1))(0) == -125);

  std::mt19937 random(1);
  ds::tensor<float, dims<dyn, dyn>> table{dims<dyn, dyn>{50, 70}}, source{dims<dyn, dyn>{3000, 70}};
  ds::tensor<std::int32_t, dims<dyn>> ids{dims<dyn>{3000}};
  for (std::int64_t i = 0; i < source.size(); ++i)
    source.data()[i] = static_cast<float>(random()) / 1e6f;
  for (std::int64_t i = 0; i < table.size(); ++i)
    table.data()[i] = static_cast<float>(random()) / 1e6f;
  for (int i = 0; i < 3000; ++i) ids(i) = static_cast<std::int32_t>(random() % 50);
  auto wanted = ds::eval(table + 0.f);
  for (int j = 0; j < 3000; ++j)
    for (int k = 0; k < 70; ++k) wanted(ids(j), k) += source(j, k);
  for (int const threads : {1, 2, 7}) {
    auto y = ds::eval(table + 0.f);
    (y = ds::scatter_add(y, ds::axes<0>, ids, source)).run(ds::host{threads});
    CHECK(std::memcmp(y.data(), wanted.data(),
                      static_cast<std::size_t>(y.size()) * sizeof(float)) == 0);
  }
}

TEST_CASE("an index outside, a source that does not fit: nothing is written") {
  ds::tensor<float, dims<dyn, 2>> x{dims<dyn, 2>{3}}, source{dims<dyn, 2>{2}};
  ds::tensor<std::int64_t, dims<dyn>> ids{dims<dyn>{2}};
  ids(0) = 0;
  ids(1) = 3;
  x(0, 0) = 5;
  CHECK_THROWS_WITH_AS(
      (x = ds::scatter_add(x, ds::axes<0>, ids, source)).run(ds::host{}),
      "[DS-SCATTER-RANGE] scatter_add: index 3 at [1] of the indices is outside axis 0 of "
      "[3, 2]. Fix: 0 <= index < 3.",
      ds::shape_error);
  CHECK(x(0, 0) == 5);
  CHECK_THROWS_AS((void)ds::scatter_add(x, ds::axes<0>, ids, x), ds::shape_error);
}
