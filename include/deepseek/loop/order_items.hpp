// SPDX-License-Identifier: Apache-2.0
/// @file Items put in order: the first of many, all of a few. (<algorithm> costs half a second a program.)
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek::loop {

/// ranked_item<Key>: an element by its key and its place; see ranked_before.
template <class Key> struct ranked_item {
  Key key;
  std::int64_t index;
};

/// ranked_before: the larger key first, of equals the lower place. No two items are equal.
struct ranked_before {
  template <class Key>
  DEEPSEEK_INLINE bool operator()(ranked_item<Key> const& a, ranked_item<Key> const& b) const {
    return a.key > b.key || (a.key == b.key && a.index < b.index);
  }
};
/// placed_before: by place.
struct placed_before {
  template <class Key>
  DEEPSEEK_INLINE bool operator()(ranked_item<Key> const& a, ranked_item<Key> const& b) const {
    return a.index < b.index;
  }
};

/// select_first(items, count, k, before): the k items that come first are items[0 … k - 1], in any order.
///
/// @cost   O(count) expected: pivots are drawn, always the same
template <class Item, class Before>
void select_first(Item* items, std::int64_t count, std::int64_t k, Before const& before) {
  std::int64_t begin = 0;
  std::int64_t end = count;
  std::uint64_t draw = 0x9e3779b97f4a7c15u;
  while (end - begin > 1 && k > begin && k < end) {
    auto const any = [&] {
      draw = draw * 6364136223846793005u + 1442695040888963407u;
      return items[begin + static_cast<std::int64_t>((draw >> 33) %
                                                     static_cast<std::uint64_t>(end - begin))];
    };
    Item const a = any();
    Item const b = any();
    Item const c = any();
    Item const pivot = before(a, b) ? (before(b, c)   ? b
                                       : before(a, c) ? c
                                                      : a)
                                    : (before(a, c)   ? a
                                       : before(b, c) ? c
                                                      : b);
    std::int64_t low = begin;
    std::int64_t high = end - 1;
    while (low <= high) {
      while (before(items[low], pivot)) ++low;
      while (before(pivot, items[high])) --high;
      if (low > high) break;
      Item const kept = items[low];
      items[low++] = items[high];
      items[high--] = kept;
    }
    if (k <= high) end = high + 1;
    else if (k > low) begin = low;
    else return;  // items[high + 1 … low - 1] is the pivot
  }
}

/// sort_items(items, count, scratch, before): stable; scratch has room for `count`.
template <class Item, class Before>
void sort_items(Item* items, std::int64_t count, Item* scratch, Before const& before) {
  constexpr std::int64_t run = 16;
  for (std::int64_t begin = 0; begin < count; begin += run) {
    std::int64_t const end = begin + run < count ? begin + run : count;
    for (std::int64_t i = begin + 1; i < end; ++i) {
      Item const moved = items[i];
      std::int64_t j = i;
      for (; j > begin && before(moved, items[j - 1]); --j) items[j] = items[j - 1];
      items[j] = moved;
    }
  }
  Item* from = items;
  Item* to = scratch;
  for (std::int64_t width = run; width < count; width *= 2) {
    for (std::int64_t begin = 0; begin < count; begin += 2 * width) {
      std::int64_t const middle = begin + width < count ? begin + width : count;
      std::int64_t const end = middle + width < count ? middle + width : count;
      std::int64_t a = begin;
      std::int64_t b = middle;
      for (std::int64_t i = begin; i < end; ++i)
        to[i] = a < middle && (b >= end || !before(from[b], from[a])) ? from[a++] : from[b++];
    }
    Item* const written = to;
    to = from;
    from = written;
  }
  if (from != items)
    for (std::int64_t i = 0; i < count; ++i) items[i] = from[i];
}

}  // namespace deepseek::loop
