// SPDX-License-Identifier: Apache-2.0
/// @file kv_cache: keys and values of sequences that grow, in pages or in one piece each.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/attention/rotary.hpp>
#include <deepseek/expr/leaf.hpp>
#include <deepseek/ops/quantize.hpp>  // quantized_element
#include <deepseek/tensor/tensor.hpp>

namespace deepseek {

/// paged_keys<T>: keys and values that lie in pages, as attention(q, paged, f) reads them; a view. Key i of
/// sequence s is row i mod page_size of page table[s, i / page_size].
///
/// @shape   keys: [pages, kv_heads, page_size, width], values: [pages, kv_heads, page_size, value_width],
///          table: [sequences, pages of the longest], lengths: [sequences], scales: [pages, kv_heads,
///          page_size] where T is int8 or fp8
/// @layout  any strides; rows whose elements are neighbours are read fastest
template <element T> struct paged_keys {
  using value_type = T;
  view<T const, dims<dyn, dyn, dyn, dyn>, strided<4>> keys;
  view<T const, dims<dyn, dyn, dyn, dyn>, strided<4>> values;
  view<std::int32_t const, dims<dyn, dyn>> table;
  view<std::int32_t const, dims<dyn>> lengths;
  view<float const, dims<dyn, dyn, dyn>> key_scales = {};
  view<float const, dims<dyn, dyn, dyn>> value_scales = {};

  [[nodiscard]] std::int64_t sequences() const { return lengths.extent(0); }
  [[nodiscard]] std::int64_t page_size() const { return keys.extent(2); }
  /// Keys of the longest; where lengths are not for the processor to read, those that its row of the table
  /// has room for.
  [[nodiscard]] std::int64_t longest() const {
    if (lengths.space() != memory_space::host) return table.extent(1) * page_size();
    std::int64_t most = 0;
    for (std::int64_t s = 0; s < sequences(); ++s) most = lengths(s) > most ? lengths(s) : most;
    return most;
  }
};

/// kv_cache_shape: of a cache.
struct kv_cache_shape {
  std::int64_t sequences = 1;
  std::int64_t kv_heads = 1;
  std::int64_t width = 0;
  std::int64_t value_width = 0;  ///< 0: as width
  std::int64_t capacity = 0;     ///< most keys of one sequence
  std::int64_t page_size = 0;    ///< 0: in one piece, of `capacity` keys
  std::int64_t pages = 0;        ///< of all sequences together; 0: as many as all need at capacity
};

namespace detail {
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_cache_shape(kv_cache_shape const& s) {
  throw shape_error(text{} << "[DS-CACHE-SHAPE] kv_cache(shape): sequences " << s.sequences
                           << ", kv_heads " << s.kv_heads << ", width " << s.width << ", capacity "
                           << s.capacity << ", page_size " << s.page_size << ", pages " << s.pages
                           << ". Fix: none below 0, sequences, kv_heads and width above 0.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_cache_capacity(std::int64_t sequence,
                                                               std::int64_t wanted,
                                                               std::int64_t capacity) {
  throw shape_error(text{} << "[DS-CACHE-CAPACITY] sequence " << sequence << " would have "
                           << wanted << " keys; its capacity is " << capacity
                           << ". Fix: truncate it, or make the cache larger.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_cache_pages(std::int64_t wanted,
                                                            std::int64_t left) {
  throw memory_error(text{} << "[DS-CACHE-PAGES] " << wanted << " pages are needed and " << left
                            << " are free. Fix: release a sequence, or make the cache with more.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_cache_sequence(std::int64_t sequence,
                                                               std::int64_t sequences) {
  throw shape_error(text{} << "[DS-CACHE-SEQUENCE] sequence " << sequence << " of a cache of "
                           << sequences << ".");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_cache_length(std::int64_t length,
                                                             std::int64_t now) {
  throw shape_error(text{} << "[DS-CACHE-LENGTH] truncate(sequence, length): length is " << length
                           << " and the sequence has " << now << " keys.");
}
}  // namespace detail

template <class T> class kv_cache;

/// cache_append: `cache.append(k, v)` as a value, which an executor runs.
///
/// @life    holds views of the cache and of lvalue tensors; use it in the statement that makes it
template <class T, class K, class V> struct [[nodiscard("call .run(executor)")]] cache_append {
  kv_cache<T>* cache;
  std::int64_t first_sequence;
  K keys;
  V values;
  rotary turn;

  /// run(executor): writes the rows; nothing is written, and no length changed, where it fails.
  template <class Executor> void run(Executor const& executor) const { execute(executor, *this); }
};

/// kv_cache<T>: keys and values of sequences, to which rows are appended.
///
/// Of int8 and fp8, each row (a key or a value of one head) is stored as quantize<T> makes it, with a scale
/// of its own.
///
/// @dtype   T: any float, or int8
/// @cost    memory for all pages at once; append moves what is appended alone
/// @fails   shape_error [DS-CACHE-SHAPE] · memory_error
template <class T> class kv_cache {
 public:
  using value_type = T;

  explicit kv_cache(kv_cache_shape const& shape) : shape_{checked(shape)} {
    std::int64_t const pages = shape_.pages;
    keys_ = rows{dims4{pages, shape_.kv_heads, shape_.page_size, shape_.width}};
    values_ = rows{dims4{pages, shape_.kv_heads, shape_.page_size, shape_.value_width}};
    if constexpr (quantized_element<T>) {
      key_scales_ = scales{dims<dyn, dyn, dyn>{pages, shape_.kv_heads, shape_.page_size}};
      value_scales_ = scales{key_scales_.extents()};
    }
    table_ = tensor<std::int32_t, dims<dyn, dyn>>{
        dims<dyn, dyn>{shape_.sequences, pages_for(shape_.capacity)}};
    lengths_ = tensor<std::int32_t, dims<dyn>>{dims<dyn>{shape_.sequences}};
    free_ = tensor<std::int32_t, dims<dyn>>{dims<dyn>{pages}};
    for (std::int64_t s = 0; s < shape_.sequences; ++s) lengths_(s) = 0;
    for (std::int64_t i = 0; i < table_.size(); ++i) table_.data()[i] = -1;
    for (std::int64_t i = 0; i < pages; ++i) free_(i) = static_cast<std::int32_t>(pages - 1 - i);
    free_count_ = pages;
  }

  [[nodiscard]] kv_cache_shape const& shape() const { return shape_; }
  /// length(sequence): keys it has.
  [[nodiscard]] std::int64_t length(std::int64_t sequence) const {
    check_sequence(sequence);
    return lengths_(sequence);
  }
  [[nodiscard]] std::int64_t free_pages() const { return free_count_; }

  /// append(k, v): so many more keys of each sequence; turned, if `turn` is given, by their positions.
  ///
  /// @shape   k: [sequences, kv_heads, n, width], v: [sequences, kv_heads, n, value_width]
  /// @dtype   any; rounded to T
  /// @fails   shape_error [DS-CACHE-ROWS], [DS-CACHE-CAPACITY], [DS-ROTARY-SHAPE] · memory_error
  ///          [DS-CACHE-PAGES]; the cache is as it was
  template <operand K, operand V> auto append(K&& k, V&& v, rotary const& turn = {}) {
    return append_from(0, static_cast<K&&>(k), static_cast<V&&>(v), turn);
  }
  /// append_to(sequence, k, v): the same for one sequence. @shape k: [1, kv_heads, n, width], v as well
  template <operand K, operand V>
  auto append_to(std::int64_t sequence, K&& k, V&& v, rotary const& turn = {}) {
    check_sequence(sequence);
    return append_from(sequence, static_cast<K&&>(k), static_cast<V&&>(v), turn);
  }

  /// truncate(sequence, length): forgets the keys from `length` on.
  void truncate(std::int64_t sequence, std::int64_t length) {
    check_sequence(sequence);
    if (length < 0 || length > lengths_(sequence))
      detail::fail_cache_length(length, lengths_(sequence));
    for (std::int64_t p = pages_for(length); p < table_.extent(1) && table_(sequence, p) >= 0;
         ++p) {
      free_(free_count_++) = table_(sequence, p);
      table_(sequence, p) = -1;
    }
    lengths_(sequence) = static_cast<std::int32_t>(length);
  }
  /// release(sequence): forgets all of it.
  void release(std::int64_t sequence) { truncate(sequence, 0); }

  /// grow(first, count, by): room for so many more keys of sequences first … first + count - 1, whose rows
  /// are then written by who asked; all of it, or an error and nothing.
  void grow(std::int64_t first, std::int64_t count, std::int64_t by) {
    std::int64_t wanted = 0;
    for (std::int64_t s = first; s < first + count; ++s) {
      std::int64_t const length = lengths_(s) + by;
      if (length > shape_.capacity) detail::fail_cache_capacity(s, length, shape_.capacity);
      wanted += pages_for(length) - pages_for(lengths_(s));
    }
    if (wanted > free_count_) detail::fail_cache_pages(wanted, free_count_);
    for (std::int64_t s = first; s < first + count; ++s) {
      std::int64_t const length = lengths_(s) + by;
      for (std::int64_t p = pages_for(lengths_(s)); p < pages_for(length); ++p)
        table_(s, p) = free_(--free_count_);
      lengths_(s) = static_cast<std::int32_t>(length);
    }
  }

  /// keys(), values(): the rows, [pages, kv_heads, page_size, width]; of int8 and fp8, with scales.
  [[nodiscard]] tensor<T, dims<dyn, dyn, dyn, dyn>>& keys() { return keys_; }
  [[nodiscard]] tensor<T, dims<dyn, dyn, dyn, dyn>>& values() { return values_; }
  [[nodiscard]] tensor<float, dims<dyn, dyn, dyn>>& key_scales() { return key_scales_; }
  [[nodiscard]] tensor<float, dims<dyn, dyn, dyn>>& value_scales() { return value_scales_; }

  /// place(sequence, key): page and row of it.
  struct row_place {
    std::int64_t page;
    std::int64_t row;
  };
  [[nodiscard]] row_place place(std::int64_t sequence, std::int64_t key) const {
    return {table_(sequence, key / shape_.page_size), key % shape_.page_size};
  }

  /// as_keys(): the view that attention reads; valid while the cache is, and as long as nothing is appended.
  [[nodiscard]] paged_keys<T> as_keys() const {
    paged_keys<T> v{rows_of(keys_), rows_of(values_), table_.as_view(), lengths_.as_view()};
    if constexpr (quantized_element<T>) {
      v.key_scales = key_scales_.as_view();
      v.value_scales = value_scales_.as_view();
    }
    return v;
  }

 private:
  using dims4 = dims<dyn, dyn, dyn, dyn>;
  using rows = tensor<T, dims4>;
  using scales = tensor<float, dims<dyn, dyn, dyn>>;

  static kv_cache_shape checked(kv_cache_shape s) {
    bool const fits = s.sequences > 0 && s.kv_heads > 0 && s.width > 0 && s.value_width >= 0 &&
                      s.capacity >= 0 && s.page_size >= 0 && s.pages >= 0 &&
                      s.capacity < (std::int64_t{1} << 31);
    if (!fits) detail::fail_cache_shape(s);
    if (s.value_width == 0) s.value_width = s.width;
    if (s.page_size == 0) s.page_size = s.capacity < 1 ? 1 : s.capacity;
    std::int64_t const most = s.sequences * ((s.capacity + s.page_size - 1) / s.page_size);
    if (s.pages == 0) s.pages = most;
    if (s.pages >= (std::int64_t{1} << 31)) detail::fail_cache_shape(s);
    return s;
  }
  [[nodiscard]] std::int64_t pages_for(std::int64_t keys) const {
    return (keys + shape_.page_size - 1) / shape_.page_size;
  }
  void check_sequence(std::int64_t sequence) const {
    if (sequence < 0 || sequence >= shape_.sequences)
      detail::fail_cache_sequence(sequence, shape_.sequences);
  }
  static view<T const, dims4, strided<4>> rows_of(rows const& x) {
    strided<4> layout;
    for (int axis = 0; axis < 4; ++axis) layout.value[axis] = x.stride(axis);
    return {x.data(), x.extents(), layout, x.space()};
  }
  template <class K, class V>
  auto append_from(std::int64_t sequence, K&& k, V&& v, rotary const& turn) {
    auto const keys = as_expression(static_cast<K&&>(k));
    auto const values = as_expression(static_cast<V&&>(v));
    return cache_append<T, std::remove_cvref_t<decltype(keys)>,
                        std::remove_cvref_t<decltype(values)>>{this, sequence, keys, values, turn};
  }

  kv_cache_shape shape_;
  rows keys_;
  rows values_;
  scales key_scales_;
  scales value_scales_;
  tensor<std::int32_t, dims<dyn, dyn>> table_;
  tensor<std::int32_t, dims<dyn>> lengths_;
  tensor<std::int32_t, dims<dyn>> free_;
  std::int64_t free_count_ = 0;
};

}  // namespace deepseek
