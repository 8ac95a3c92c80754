// SPDX-License-Identifier: Apache-2.0
/// @file The k first of each row on the processor: a row is read once, against the k-th of what was read.
///
/// What comes after the k-th of the elements read so far is none of the k first. So most elements of a long
/// row cost one comparison of a vector; those that pass are kept, and of twice k the first k are selected.
/// Long rows are cut into parts, one for a thread; what is found does not depend on the cuts.
#pragma once
#include <cstdint>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/radix_key.hpp>
#include <deepseek/loop/order_items.hpp>
#include <deepseek/loop/rows_along.hpp>
#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/tensor/storage.hpp>

namespace deepseek::loop {

/// top_k_order: which end comes first, and whether what is found is in that order or by place.
struct top_k_order {
  bool largest = true;
  bool sorted = true;
};

namespace detail {

/// first_items<T>: the k first of the elements that were offered, in the order of their places.
template <element T> class first_items {
 public:
  using key = radix_key_t<T>;
  using item = ranked_item<key>;

  /// Items that `memory` must have room for.
  static std::int64_t room(std::int64_t k) { return 2 * k + 2 * block; }

  first_items(item* memory, std::int64_t k, bool largest)
      : items_{memory}, k_{k}, flip_{largest ? key{0} : all_keys} {}

  void offer(T const* row, std::int64_t step, std::int64_t begin, std::int64_t end) {
    std::int64_t i = begin;
    if (step == 1)
      for (; i + block <= end; i += block)
        if (any_above(row + i)) offer_each(row, 1, i, i + block);
    offer_each(row, step, i, end);
  }
  void offer_item(item const& one) {
    if (open_ || one.key >= least_) add(one);
  }

  /// The k first, or all if they are fewer, at the front of the memory.
  std::int64_t finish() {
    if (count_ > k_) {
      select_first(items_, count_, k_, ranked_before{});
      count_ = k_;
    }
    return count_;
  }

 private:
  static constexpr std::int64_t block = 64;
  static constexpr std::int64_t few = 16;
  static constexpr key all_keys = static_cast<key>(~std::uint64_t{0} >> (64 - radix_key_bits<T>));

  [[nodiscard]] DEEPSEEK_INLINE bool any_above(T const* p) const {
    if (open_) return true;
    key const least = least_;
    key const flip = flip_;
    key found = 0;
    for (int i = 0; i < block; ++i) found |= static_cast<key>((radix_key(p[i]) ^ flip) > least);
    return found != 0;
  }
  void offer_each(T const* row, std::int64_t step, std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      key const own = radix_key(row[i * step]) ^ flip_;
      if (open_ || own > least_) add({own, i});
    }
  }
  void add(item const& one) {
    if (k_ <= few) {
      insert(one);
      return;
    }
    items_[count_++] = one;
    if (count_ < room(k_)) return;
    select_first(items_, count_, k_, ranked_before{});
    count_ = k_;
    least_ = items_[0].key;
    for (std::int64_t i = 1; i < k_; ++i) least_ = items_[i].key < least_ ? items_[i].key : least_;
    open_ = false;
  }

  /// A few are kept in order, which is less work than selecting them in the end.
  void insert(item const& one) {
    std::int64_t at = count_ < k_ ? count_++ : k_ - 1;
    if (!open_ && !ranked_before{}(one, items_[at])) return;
    for (; at > 0 && ranked_before{}(one, items_[at - 1]); --at) items_[at] = items_[at - 1];
    items_[at] = one;
    if (count_ < k_) return;
    least_ = items_[k_ - 1].key;
    open_ = false;
  }

  item* items_;
  std::int64_t k_;
  std::int64_t count_ = 0;
  key flip_;          ///< turns keys round where the smallest come first
  key least_ = 0;     ///< of the k first so far; a later element of this key comes after them
  bool open_ = true;  ///< fewer than k elements are known to be before anything
};

}  // namespace detail

/// top_k_rows(x, k, order, values, indices, threads): rows of x, values and indices in pairs; values and
/// indices have k columns, x at least as many.
template <element T>
void top_k_rows(rows_along<T const> const& x, std::int64_t k, top_k_order order,
                rows_along<T> const& values, rows_along<std::int64_t> const& indices, int threads) {
  using found = detail::first_items<T>;
  using item = typename found::item;
  constexpr std::int64_t worth_a_thread = 1 << 15;
  if (k == 0 || x.rows == 0) return;
  std::int64_t parts = 1;
  while (x.rows * parts < threads && x.columns / (2 * parts) > worth_a_thread + 4 * k) parts *= 2;
  std::int64_t const room = found::room(k);
  storage const of_parts{parts > 1 ? x.rows * parts * k * std::int64_t{sizeof(item)} : 0};
  auto* const kept = static_cast<item*>(of_parts.data());

  auto const write = [&](std::int64_t r, item* items, item* scratch) {
    if (order.sorted) sort_items(items, k, scratch, ranked_before{});
    else sort_items(items, k, scratch, placed_before{});
    T const* const row = x.row(r);
    T* const value = values.row(r);
    std::int64_t* const index = indices.row(r);
    for (std::int64_t i = 0; i < k; ++i) {
      value[i * values.step] = row[items[i].index * x.step];
      index[i * indices.step] = items[i].index;
    }
  };
  auto const part_begin = [&](std::int64_t part) { return x.columns * part / parts; };
  std::int64_t const grain = x.columns > worth_a_thread ? 1 : worth_a_thread / (x.columns + k);
  share_work(threads, x.rows * parts, parts > 1 ? 1 : grain, [&](work_queue& queue) {
    storage const memory{2 * room * std::int64_t{sizeof(item)}};
    auto* const items = static_cast<item*>(memory.data());
    for (work_range next; queue.take(next);)
      for (std::int64_t piece = next.begin; piece < next.end; ++piece) {
        std::int64_t const part = piece % parts;
        found first{items, k, order.largest};
        first.offer(x.row(piece / parts), x.step, part_begin(part), part_begin(part + 1));
        (void)first.finish();
        if (parts == 1) write(piece, items, items + room);
        else
          for (std::int64_t i = 0; i < k; ++i) kept[piece * k + i] = items[i];
      }
  });
  if (parts == 1) return;
  share_work(threads, x.rows, 1, [&](work_queue& queue) {
    storage const memory{2 * room * std::int64_t{sizeof(item)}};
    auto* const items = static_cast<item*>(memory.data());
    for (work_range next; queue.take(next);) {
      found first{items, k, order.largest};
      for (std::int64_t i = 0; i < parts * k; ++i)
        first.offer_item(kept[next.begin * parts * k + i]);
      (void)first.finish();
      write(next.begin, items, items + room);
    }
  });
}

}  // namespace deepseek::loop
