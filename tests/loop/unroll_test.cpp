// SPDX-License-Identifier: Apache-2.0
/// @file unroll calls its function with constants, in order.
#include <deepseek/loop/unroll.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace {
namespace ds = deepseek;

TEST_CASE("every index from 0 on, in order, as a constant") {
  std::vector<int> seen;
  ds::loop::unroll<4>([&]<int I>() {
    std::array<char, I + 1> const sized{};  // I is known when compiling
    seen.push_back(static_cast<int>(sized.size()));
  });
  CHECK(seen == std::vector<int>{1, 2, 3, 4});
}

TEST_CASE("no step, no call") {
  int calls = 0;
  ds::loop::unroll<0>([&]<int I>() { calls += I + 1; });
  CHECK(calls == 0);
}
}  // namespace
