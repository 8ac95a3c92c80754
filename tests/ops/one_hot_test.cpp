// SPDX-License-Identifier: Apache-2.0
/// @file one_hot: PyTorch's values; no memory of its own inside an expression.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/one_hot.hpp>
#include <deepseek/ops/sum.hpp>

#include <doctest/doctest.h>

#include "tests/support/golden_ops.hpp"
#include "view_cases.hpp"

namespace ds = deepseek;
namespace test = deepseek::test;
using ds::dims;

TEST_CASE("PyTorch's values") {
  auto const golden = test::read_golden_arrays("calls/one_hot.safetensors");
  auto const ids = test::tensor_of<std::int64_t, 2>(golden.at("ids"));
  test::check_same(ds::one_hot(ids, 9), golden.at("ids_9"));
}

TEST_CASE("of any dtype, fused, with indices that are outside") {
  ds::tensor<std::int8_t, dims<3>> ids;
  ids(0) = 1;
  ids(1) = -1;
  ids(2) = 4;
  ds::tensor<float, dims<3, 4>> x;
  for (int i = 0; i < 12; ++i) x.data()[i] = static_cast<float>(i + 1);
  auto const e = ds::sum(ds::one_hot<float>(ids, 4) * x, ds::axes<-1>);
  static_assert(ds::kernel_count<decltype(e)> == 1);
  auto const y = ds::eval(e);
  CHECK(y(0, 0) == 2);
  CHECK(y(1, 0) == 0);
  CHECK(y(2, 0) == 0);
}
