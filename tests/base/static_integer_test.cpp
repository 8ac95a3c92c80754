// SPDX-License-Identifier: Apache-2.0
/// @file Laws of static integers.
#include <deepseek/base/static_integer.hpp>
#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

namespace ds = deepseek;

TEST_CASE("index_constant: the number is the type") {
  static_assert(ds::index_constant<7>::value == 7);
  static_assert(std::is_same_v<ds::index_constant<7>::value_type, std::int64_t>);
  static_assert(!std::is_same_v<ds::index_constant<7>, ds::index_constant<8>>);
  std::int64_t const n = ds::index_constant<std::int64_t{1} << 40>{};
  CHECK(n == 1099511627776);
}

TEST_CASE("dyn: it is no extent") { CHECK(ds::dyn < 0); }
