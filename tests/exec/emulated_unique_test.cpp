// SPDX-License-Identifier: Apache-2.0
/// @file unique on the emulator: what the host gives.
#include <deepseek/exec/emulated_unique.hpp>
#include <deepseek/exec/host.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

using other_executor = deepseek::emulated;
#include "by_another.hpp"

namespace ds = deepseek;
using ds::dims;
using namespace deepseek::test;

namespace {

template <class X> void check(X const& x) {
  auto const wanted = ds::unique(ds::host{}, x);
  auto const found = ds::unique(ds::emulated{}, x);
  REQUIRE(found.values.size() == wanted.values.size());
  CHECK(same(found.values, wanted.values));
  CHECK(same(found.inverse, wanted.inverse));
  CHECK(same(found.counts, wanted.counts));
}

}  // namespace

TEST_CASE("a row that a block sorts, and a longer one; an expression; all alike; nothing") {
  auto x = random_tensor<float>(3, 201);
  x(0, 0) = x(2, 7) = NAN;
  x(0, 1) = -0.f;
  x(1, 1) = 0.f;
  check(x);
  check(random_tensor<std::int64_t>(3, 1001) * std::int64_t{3});
  check(random_tensor<std::int8_t>(1, 777) * std::int8_t{0});
  check(random_tensor<float>(0, 3));
}
