// SPDX-License-Identifier: Apache-2.0
/// @file Laws of full, zeros, ones.
#include <deepseek/ops/full.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

namespace ds = deepseek;

TEST_CASE("full(extents, value) is value everywhere, in its dtype or the one given") {
  auto const y = ds::eval(ds::full(ds::dims<3, ds::dyn>(37), 2.5f));
  CHECK(y.extents() == ds::dims<3, 37>{});
  for (std::int64_t i = 0; i < y.size(); ++i) CHECK(y.data()[i] == 2.5f);
  static_assert(std::is_same_v<decltype(ds::full(ds::dims<2>{}, 1))::value_type, std::int32_t>);
  static_assert(std::is_same_v<decltype(ds::full(ds::dims<2>{}, true))::value_type, bool>);
  auto const h = ds::eval(ds::full<ds::bf16>(ds::dims<2>{}, 0.1));
  CHECK(h(1).bits == ds::bf16(0.1f).bits);
  auto const i = ds::eval(ds::full<std::uint8_t>(ds::dims<2>{}, 300.0));
  CHECK(i(0) == 255);  // as a cast: saturated
}

TEST_CASE("zeros and ones give an operand its extents") {
  ds::tensor<float, ds::dims<3>> row{1, 2, 3};
  auto const y = ds::eval(row + ds::zeros(ds::dims<2, 3>{}));
  CHECK(y.extents() == ds::dims<2, 3>{});
  CHECK(y(1, 2) == 3);
  auto const o = ds::eval(ds::ones<std::int64_t>(ds::dims<4>{}));
  CHECK(o(3) == 1);
  CHECK(ds::eval(ds::zeros(ds::dims<>{}))() == 0);
}
