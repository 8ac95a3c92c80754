// SPDX-License-Identifier: Apache-2.0
/// @file select_first and sort_items against std::sort and std::stable_sort.
#include <deepseek/loop/order_items.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

using deepseek::loop::placed_before;
using deepseek::loop::ranked_before;
using deepseek::loop::ranked_item;

namespace {
using item = ranked_item<std::uint32_t>;

std::vector<item> items(int n, unsigned keys) {
  std::mt19937 random(7);
  std::vector<item> all;
  for (int i = 0; i < n; ++i)
    all.push_back({keys == 0 ? unsigned(i) : static_cast<unsigned>(random()) % keys, i});
  std::shuffle(all.begin(), all.end(), random);
  return all;
}
bool same(item const& a, item const& b) { return a.key == b.key && a.index == b.index; }
}  // namespace

TEST_CASE("the first k, of every size, with equal keys and without") {
  for (int const n : {1, 2, 3, 10, 100, 1001})
    for (unsigned const keys : {0u, 1u, 3u, 1000u})
      for (int const k : {1, 2, 50, 99, 1000}) {
        if (k > n) continue;
        auto all = items(n, keys);
        auto wanted = all;
        std::sort(wanted.begin(), wanted.end(), ranked_before{});
        deepseek::loop::select_first(all.data(), n, k, ranked_before{});
        std::sort(all.begin(), all.begin() + k, ranked_before{});
        CHECK(std::equal(all.begin(), all.begin() + k, wanted.begin(), same));
      }
}

TEST_CASE("sorted by rank, by place, and stable") {
  for (int const n : {0, 1, 15, 16, 17, 32, 33, 1000, 2048})
    for (unsigned const keys : {0u, 1u, 5u, 100000u}) {
      auto all = items(n, keys);
      std::vector<item> scratch(all.size());
      auto wanted = all;
      std::sort(wanted.begin(), wanted.end(), ranked_before{});
      deepseek::loop::sort_items(all.data(), n, scratch.data(), ranked_before{});
      CHECK(std::equal(all.begin(), all.end(), wanted.begin(), same));
      deepseek::loop::sort_items(all.data(), n, scratch.data(), placed_before{});
      for (int i = 0; i < n; ++i) CHECK(all[static_cast<std::size_t>(i)].index == i);
      auto const by_key = [](item const& a, item const& b) { return a.key > b.key; };
      auto unstable = items(n, keys);
      auto stable = unstable;
      std::stable_sort(stable.begin(), stable.end(), by_key);
      deepseek::loop::sort_items(unstable.data(), n, scratch.data(), by_key);
      CHECK(std::equal(unstable.begin(), unstable.end(), stable.begin(), same));
    }
}
