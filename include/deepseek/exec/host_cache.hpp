// SPDX-License-Identifier: Apache-2.0
/// @file How the host runs cache.append(k, v).
#pragma once
#include <cstdint>

#include <deepseek/attention/kv_cache.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/quantize.hpp>

namespace deepseek {

namespace detail {
template <class K, class V>
[[noreturn]] DEEPSEEK_NOINLINE void fail_rows(K const& k, V const& v, kv_cache_shape const& s,
                                              std::int64_t first) {
  throw shape_error(text{} << "[DS-CACHE-ROWS] append(k, v): k is " << k << " and v is " << v
                           << "; a cache of " << s.sequences << " sequences, from number " << first
                           << " on, takes [sequences, " << s.kv_heads << ", n, " << s.width
                           << "] and [sequences, " << s.kv_heads << ", n, " << s.value_width
                           << "].");
}

using cache_rows_dims = dims<dyn, dyn, dyn, dyn>;

/// cache_rows<T>: rows as a cache of T stores them, with scales where it has them.
template <class T> struct cache_rows {
  tensor<T, cache_rows_dims> rows;
  tensor<float, cache_rows_dims> scales;

  cache_rows(tensor<float, cache_rows_dims> const& from, host const& executor)
      : rows{from.extents()} {
    if constexpr (quantized_element<T>) {
      auto const& e = from.extents();
      scales = tensor<float, cache_rows_dims>{cache_rows_dims{e[0], e[1], e[2], 1}};
      execute(executor, tie(rows, scales) = quantize<T>(from));
    } else {
      execute(executor, make_assignment(rows.as_view(), cast<T>(from)));
    }
  }
  /// Row `number` to row `place` of a cache.
  void copy(std::int64_t number, std::int64_t place, tensor<T, cache_rows_dims>& to,
            tensor<float, dims<dyn, dyn, dyn>>& scales_to) const {
    std::int64_t const width = rows.extent(3);
    for (std::int64_t d = 0; d < width; ++d)
      to.data()[place * width + d] = rows.data()[number * width + d];
    if constexpr (quantized_element<T>) scales_to.data()[place] = scales.data()[number];
  }
};
}  // namespace detail

/// execute(host, cache.append(k, v)): what `.run(host{})` calls.
template <class T, class K, class V>
void execute(host const& executor, cache_append<T, K, V> const& a) {
  if constexpr (valid<K> && valid<V>) {
    static_assert(K::rank == 4 && V::rank == 4,
                  "[DS-CACHE-RANK] append(k, v): k and v are [sequences, kv_heads, n, width].");
    kv_cache<T>& cache = *a.cache;
    kv_cache_shape const& s = cache.shape();
    auto const& ke = a.keys.extents();
    auto const& ve = a.values.extents();
    std::int64_t const n = ke[2];
    bool fits = ke[1] == s.kv_heads && ke[3] == s.width && ve[3] == s.value_width &&
                a.first_sequence + ke[0] <= s.sequences;
    for (int axis = 0; axis < 3; ++axis) fits = fits && ke[axis] == ve[axis];
    if (!fits) detail::fail_rows(ke, ve, s, a.first_sequence);
    std::int64_t longest = 0;
    for (std::int64_t i = 0; i < ke[0]; ++i) {
      std::int64_t const length = cache.length(a.first_sequence + i) + n;
      longest = length > longest ? length : longest;
    }
    detail::check_rotary(a.turn, s.width, longest);
    auto const in_f32 = [&](auto const& e) {
      tensor<float, detail::cache_rows_dims> rows{
          detail::cache_rows_dims{e.extents()[0], e.extents()[1], e.extents()[2], e.extents()[3]}};
      execute(executor, make_assignment(rows.as_view(), cast<float>(e)));
      return rows;
    };
    auto turned = in_f32(a.keys);
    if (a.turn.given())
      for (std::int64_t i = 0; i < ke[0] * ke[1] * n; ++i) {
        std::int64_t const sequence = a.first_sequence + i / (ke[1] * n);
        a.turn.rotate(turned.data() + i * s.width, cache.length(sequence) + i % n);
      }
    detail::cache_rows<T> const keys{turned, executor};
    detail::cache_rows<T> const values{in_f32(a.values), executor};
    cache.grow(a.first_sequence, ke[0], n);
    for (std::int64_t i = 0; i < ke[0] * ke[1] * n; ++i) {
      std::int64_t const sequence = a.first_sequence + i / (ke[1] * n);
      std::int64_t const head = i / n % ke[1];
      auto const at = cache.place(sequence, cache.length(sequence) - n + i % n);
      std::int64_t const place = (at.page * s.kv_heads + head) * s.page_size + at.row;
      keys.copy(i, place, cache.keys(), cache.key_scales());
      values.copy(i, place, cache.values(), cache.value_scales());
    }
  }
}

}  // namespace deepseek
