// SPDX-License-Identifier: Apache-2.0
/// @file Rows in order, with the places that their elements were at: by digits, from the lowest on.
///
/// Sorting by digits is stable, reads each element a few times whatever it is, and several threads can share
/// a row: each counts the digits of its part, and then knows where to write.
#pragma once
#include <cstdint>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/error.hpp>
#include <deepseek/base/radix_key.hpp>
#include <deepseek/loop/order_items.hpp>
#include <deepseek/loop/rows_along.hpp>
#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/tensor/storage.hpp>

namespace deepseek::loop {

namespace detail {

/// placed_key<Key>: an element by its key and its place in the row.
template <class Key> struct placed_key {
  Key key;
  std::uint32_t place;
};

/// digit_sort<Key>: sorts items of keys of KeyBits bits, with room for as many beside them.
template <class Key, int KeyBits> class digit_sort {
 public:
  using item = placed_key<Key>;
  static constexpr int digit_bits = KeyBits <= 16 ? 8 : 11;
  static constexpr int bins = 1 << digit_bits;
  static constexpr std::int64_t counters_bytes = bins * std::int64_t{sizeof(std::int64_t)};

  /// counters: room for `parts` times counters_bytes.
  digit_sort(item* items, item* beside, std::int64_t count, std::int64_t* counters, int parts)
      : from_{items}, to_{beside}, count_{count}, counters_{counters}, parts_{parts} {}

  /// Where the items are, in order.
  item* run() {
    for (int shift = 0; shift < KeyBits; shift += digit_bits) {
      share_work(parts_, parts_, 1, [&](work_queue& queue) {
        for (work_range next; queue.take(next);) count_digits(next.begin, shift);
      });
      if (!places_of_digits()) continue;
      share_work(parts_, parts_, 1, [&](work_queue& queue) {
        for (work_range next; queue.take(next);) move(next.begin, shift);
      });
      item* const written = to_;
      to_ = from_;
      from_ = written;
    }
    return from_;
  }

 private:
  [[nodiscard]] std::int64_t begin(std::int64_t part) const { return count_ * part / parts_; }
  static DEEPSEEK_INLINE unsigned digit(item const& one, int shift) {
    return static_cast<unsigned>(one.key >> shift) & (bins - 1);
  }
  void count_digits(std::int64_t part, int shift) {
    std::int64_t* const counter = counters_ + part * bins;
    for (int b = 0; b < bins; ++b) counter[b] = 0;
    for (std::int64_t i = begin(part); i < begin(part + 1); ++i) ++counter[digit(from_[i], shift)];
  }
  /// Counts become places; false where all items have one digit, and stay where they are.
  bool places_of_digits() {
    std::int64_t next = 0;
    for (int b = 0; b < bins; ++b) {
      std::int64_t const first = next;
      for (int part = 0; part < parts_; ++part) {
        std::int64_t const own = counters_[part * bins + b];
        counters_[part * bins + b] = next;
        next += own;
      }
      if (next - first == count_) return false;
    }
    return true;
  }
  void move(std::int64_t part, int shift) {
    std::int64_t* const place = counters_ + part * bins;
    for (std::int64_t i = begin(part); i < begin(part + 1); ++i)
      to_[place[digit(from_[i], shift)]++] = from_[i];
  }

  item* from_;
  item* to_;
  std::int64_t count_;
  std::int64_t* counters_;
  int parts_;
};

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_sort_length(std::int64_t columns) {
  throw shape_error(text{} << "[DS-SORT-LENGTH] sort: a row of " << columns
                           << " elements. Fix: rows of less than 2^32 elements.");
}

}  // namespace detail

/// check_sort_length(columns): places of a row are numbers of 32 bits.
inline void check_sort_length(std::int64_t columns) {
  if (columns >= std::int64_t{1} << 32) detail::fail_sort_length(columns);
}

/// sort_rows(x, descending, write, threads): write(r, row, place) once for each row of x: place(i) is the
/// place of the element that comes i-th. NaN is above all numbers; of equals the lower place comes first.
template <element T, class Write>
void sort_rows(rows_along<T const> const& x, bool descending, Write const& write, int threads) {
  using key = radix_key_t<T>;
  constexpr int bits = radix_key_bits<T>;
  using sorter = detail::digit_sort<key, bits>;
  using item = typename sorter::item;
  constexpr std::int64_t few = 256;  // for which counters are too many
  constexpr std::int64_t shared_from = std::int64_t{1}
                                       << 16;  // elements of a row that threads share
  if (x.rows == 0 || x.columns == 0) return;
  check_sort_length(x.columns);
  key const flip = descending ? static_cast<key>(~std::uint64_t{0} >> (64 - bits)) : key{0};
  std::int64_t const n = x.columns;
  bool const shared = x.rows < threads && n >= shared_from;
  int const parts = shared ? threads : 1;

  auto const sort_row = [&](std::int64_t r, item* items, std::int64_t* counters) {
    T const* const row = x.row(r);
    for (std::int64_t i = 0; i < n; ++i)
      items[i] = {static_cast<key>(radix_key(row[i * x.step]) ^ flip),
                  static_cast<std::uint32_t>(i)};
    item* sorted = items;
    if (n <= few)
      sort_items(items, n, items + n, [](item const& a, item const& b) { return a.key < b.key; });
    else sorted = sorter{items, items + n, n, counters, parts}.run();
    write(r, row, [sorted](std::int64_t i) { return std::int64_t{sorted[i].place}; });
  };
  auto const with_memory = [&](auto const& f) {
    storage const memory{2 * n * std::int64_t{sizeof(item)}};
    storage const counters{n <= few ? 0 : parts * sorter::counters_bytes};
    f(static_cast<item*>(memory.data()), static_cast<std::int64_t*>(counters.data()));
  };
  if (shared) {
    with_memory([&](item* items, std::int64_t* counters) {
      for (std::int64_t r = 0; r < x.rows; ++r) sort_row(r, items, counters);
    });
    return;
  }
  constexpr std::int64_t worth_a_thread = 1 << 13;
  share_work(threads, x.rows, n < worth_a_thread ? worth_a_thread / n : 1, [&](work_queue& queue) {
    with_memory([&](item* items, std::int64_t* counters) {
      for (work_range next; queue.take(next);)
        for (std::int64_t r = next.begin; r < next.end; ++r) sort_row(r, items, counters);
    });
  });
}

}  // namespace deepseek::loop
