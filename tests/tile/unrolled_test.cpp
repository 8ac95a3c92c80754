// SPDX-License-Identifier: Apache-2.0
/// @file unrolled: every index once, in order, as a constant.
#include <deepseek/tile/unrolled.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("unrolled: indices are constants, in order; none of none") {
  std::vector<int> seen;
  deepseek::tile::unrolled<4>([&](auto i) {
    static_assert(i >= 0 && i < 4);
    seen.push_back(i);
  });
  CHECK(seen == std::vector<int>{0, 1, 2, 3});
  deepseek::tile::unrolled<0>([&](auto) { seen.clear(); });
  CHECK(seen.size() == 4);
}
