// SPDX-License-Identifier: Apache-2.0
/// @file unique: PyTorch's values, inverse and counts.
#include <deepseek/exec/unique.hpp>
#include <deepseek/ops/arithmetic.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "../ops/view_cases.hpp"
#include "tests/support/golden_ops.hpp"

namespace ds = deepseek;
namespace test = deepseek::test;
using ds::dims;

namespace {
template <class T, int Rank> void check(std::string const& name) {
  static auto const golden = test::read_golden_arrays("calls/unique.safetensors");
  auto const x = test::tensor_of<T, Rank>(golden.at(name));
  auto const [values, inverse, counts] = ds::unique(ds::host{}, x);
  test::check_same(ds::as_expression(values), golden.at(name + "_values"));
  test::check_same(ds::as_expression(inverse), golden.at(name + "_inverse"));
  test::check_same(ds::as_expression(counts), golden.at(name + "_counts"));
}
}  // namespace

TEST_CASE("PyTorch's, of integers and floats") {
  check<std::int64_t, 2>("few");
  check<float, 1>("floats");
}

TEST_CASE("zeros of both signs are one value, as are all NaN; expressions; nothing") {
  ds::tensor<float, dims<6>> x;
  float const given[] = {NAN, 0.f, -0.f, -1.f, -NAN, 5.f};
  for (int i = 0; i < 6; ++i) x(i) = given[i];
  auto const found = ds::unique(ds::host{2}, x * 2.f);
  REQUIRE(found.values.size() == 4);
  CHECK(found.values(0) == -2);
  CHECK(!std::signbit(found.values(1)));
  CHECK(found.values(2) == 10);
  CHECK(std::isnan(found.values(3)));
  CHECK(found.counts(1) == 2);
  CHECK(found.counts(3) == 2);
  CHECK(found.inverse(4) == 3);
  CHECK(found.inverse(2) == 1);
  ds::tensor<float, dims<0, 3>> none;
  CHECK(ds::unique(ds::host{}, none).values.size() == 0);
}
