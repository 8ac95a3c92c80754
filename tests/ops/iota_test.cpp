// SPDX-License-Identifier: Apache-2.0
/// @file Laws of iota.
#include <deepseek/ops/iota.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

namespace ds = deepseek;

TEST_CASE("iota(extents): each element is its row-major number, whatever the threads") {
  for (int threads : {1, 3}) {
    ds::tensor<std::int64_t, ds::dims<ds::dyn, 7, ds::dyn>> y(41, 7, 333);
    (y = ds::iota(y.extents())).run(ds::host{threads});
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < y.size(); ++i) wrong += y.data()[i] != i;
    CHECK(wrong == 0);
  }
}

TEST_CASE("iota(n) is a row that broadcasts") {
  ds::tensor<float, ds::dims<3, 1>> x{100, 200, 300};
  auto const y = ds::eval(x + ds::iota<float>(5));
  CHECK(y.extents() == ds::dims<3, 5>{});
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 5; ++j) CHECK(y(i, j) == 100 * (i + 1) + j);
  static_assert(std::is_same_v<decltype(ds::iota(5))::value_type, std::int64_t>);
}

TEST_CASE("each dtype; what it does not hold is rounded or wraps") {
  auto const h = ds::eval(ds::iota<ds::f16>(2052));
  CHECK(static_cast<float>(h(2047)) == 2047);
  CHECK(static_cast<float>(h(2049)) == 2048);  // between 2048 and 2050: the even one
  CHECK(static_cast<float>(h(2051)) == 2052);
  auto const b = ds::eval(ds::iota<std::int8_t>(300));
  CHECK(b(127) == 127);
  CHECK(b(128) == -128);
  CHECK(b(299) == 43);
  auto const d = ds::eval(ds::iota<double>(3));
  CHECK(d(2) == 2.0);
  auto const t = ds::eval(ds::iota<bool>(3));
  CHECK_FALSE(t(0));
  CHECK(t(2));
}

TEST_CASE("numbers beyond 2^32 are right") {
  // No test has memory for such a tensor; this is what its loop calls.
  ds::rules::iota<std::int64_t> rule;
  std::int64_t out[3];
  rule.fill((std::int64_t{1} << 40) + 5, 1000, 3, out);
  CHECK(out[2] == (std::int64_t{1} << 40) + 2005);
}

TEST_CASE("no element and a negative count") {
  CHECK(ds::eval(ds::iota(0)).size() == 0);
  CHECK_THROWS_AS((void)ds::iota(-1), ds::shape_error);
}
