// SPDX-License-Identifier: Apache-2.0
/// @file A cache grows, shrinks, hands pages on, and stays as it was where something does not fit.
#include <deepseek/attention/kv_cache.hpp>

#include <doctest/doctest.h>

#include <set>

namespace ds = deepseek;

TEST_CASE("pages are handed out, given back, and are never of two sequences") {
  ds::kv_cache<float> cache{
      {.sequences = 3, .kv_heads = 2, .width = 8, .capacity = 40, .page_size = 4, .pages = 12}};
  CHECK(cache.free_pages() == 12);
  cache.grow(0, 3, 5);
  CHECK(cache.free_pages() == 6);
  cache.grow(1, 1, 3);
  CHECK(cache.free_pages() == 6);  // 8 keys still fit in two pages
  cache.grow(1, 1, 1);
  CHECK(cache.free_pages() == 5);
  std::set<std::int64_t> pages;
  for (std::int64_t s = 0; s < 3; ++s)
    for (std::int64_t key = 0; key < cache.length(s); key += 4)
      pages.insert(cache.place(s, key).page);
  CHECK(pages.size() == 7);
  cache.truncate(1, 4);
  CHECK(cache.free_pages() == 7);
  cache.release(1);
  CHECK(cache.free_pages() == 8);
  CHECK(cache.length(1) == 0);
  cache.grow(1, 1, 32);
  CHECK(cache.free_pages() == 0);
}

TEST_CASE("what does not fit changes nothing") {
  ds::kv_cache<float> cache{
      {.sequences = 2, .width = 8, .capacity = 40, .page_size = 4, .pages = 6}};
  cache.grow(0, 2, 8);
  auto const as_it_was = [&] {
    CHECK(cache.length(0) == 8);
    CHECK(cache.length(1) == 8);
    CHECK(cache.free_pages() == 2);
  };
  CHECK_THROWS_WITH_AS(cache.grow(0, 2, 8), doctest::Contains("4 pages are needed and 2 are free"),
                       ds::memory_error);
  as_it_was();
  CHECK_THROWS_WITH_AS(cache.grow(0, 1, 33),
                       doctest::Contains("would have 41 keys; its capacity is 40"),
                       ds::shape_error);
  as_it_was();
  CHECK_THROWS_AS(cache.truncate(0, 9), ds::shape_error);
  CHECK_THROWS_AS(cache.truncate(0, -1), ds::shape_error);
  CHECK_THROWS_AS((void)cache.length(2), ds::shape_error);
  CHECK_THROWS_AS(cache.release(-1), ds::shape_error);
  as_it_was();
  CHECK_THROWS_AS((ds::kv_cache<float>{{.width = 0, .capacity = 4}}), ds::shape_error);
  CHECK_THROWS_AS((ds::kv_cache<float>{{.width = 4, .capacity = -1}}), ds::shape_error);
}

TEST_CASE("in one piece: a page of the whole capacity for each sequence") {
  ds::kv_cache<ds::bf16> cache{
      {.sequences = 2, .kv_heads = 3, .width = 8, .value_width = 4, .capacity = 50}};
  cache.grow(0, 2, 50);
  CHECK(cache.keys().extents() == ds::dims<ds::dyn, ds::dyn, ds::dyn, ds::dyn>{2, 3, 50, 8});
  CHECK(cache.values().extent(3) == 4);
  CHECK(cache.place(1, 49).row == 49);
  CHECK(cache.as_keys().longest() == 50);
}
