// SPDX-License-Identifier: Apache-2.0
/// @file scatter_keys and scatter_sorted: with a sort between them, slices added in order.
#include <deepseek/kernel/scatter_sorted.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "run_grid.hpp"

namespace test = deepseek::test;
using deepseek::kernel::scatter_keys;
using deepseek::kernel::scatter_sorted;

namespace {

void check(int outer, int targets, int count, int inner, int blocks) {
  std::mt19937 random(4);
  auto const values = [&](int n) {
    std::vector<float> v(static_cast<std::size_t>(n));
    for (auto& x : v) x = static_cast<float>(random() % 1000) / 7;
    return v;
  };
  auto const x = values(outer * targets * inner), source = values(outer * count * inner);
  std::vector<std::int32_t> indices(static_cast<std::size_t>(2 * count));
  for (auto& i : indices)
    i = static_cast<std::int32_t>(random() % static_cast<unsigned>(targets + 2)) - 1;
  auto wanted = x;
  for (int o = 0; o < outer; ++o)
    for (int j = 0; j < count; ++j) {
      int const t = indices[static_cast<std::size_t>(2 * j)];
      if (t < 0 || t >= targets) continue;
      for (int i = 0; i < inner; ++i)
        wanted[static_cast<std::size_t>((o * targets + t) * inner + i)] +=
            source[static_cast<std::size_t>((o * count + j) * inner + i)];
    }
  std::vector<std::uint32_t> target(static_cast<std::size_t>(count)), place(target.size());
  scatter_keys<std::int32_t> const keys{indices.data(), target.data(), place.data(), count, 2,
                                        targets};
  test::operands memory;
  memory.read(indices).write(target).write(place);
  CHECK(test::grid_fault(keys, {blocks, 1, 1}, 32, memory) == "");
  std::stable_sort(place.begin(), place.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return target[a] < target[b]; });
  std::sort(target.begin(), target.end());
  std::vector<float> y(x.size(), -9.f);
  scatter_sorted<float, float> const add{
      x.data(), source.data(), target.data(), place.data(), y.data(), outer, targets, count, inner};
  test::operands then;
  then.read(x).read(source).read(target).read(place).write(y);
  CHECK(test::grid_fault(add, {blocks, 1, 1}, 64, then) == "");
  CHECK(y == wanted);
}

}  // namespace

TEST_CASE("along the first, a middle and the last axis; indices outside are left out") {
  check(1, 10, 200, 7, 2);
  check(3, 5, 40, 4, 3);
  check(20, 6, 30, 1, 1);
  check(1, 100, 3, 2, 1);
}
