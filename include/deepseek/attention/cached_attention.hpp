// SPDX-License-Identifier: Apache-2.0
/// @file attention over keys and values in a cache, in one piece or in pages.
#pragma once
#include <cstdint>

#include <deepseek/attention/attention.hpp>
#include <deepseek/attention/kv_cache.hpp>

namespace deepseek {

namespace rules {
/// cached_attention<T, Score>: of q; keys and values are in pages.
template <class T, class Score> struct cached_attention {
  static constexpr char const* name = "attention";
  Score score;
  attention_options options;
  paged_keys<T> cache;

  [[nodiscard]] constexpr Score const& reads() const { return score; }
  template <class Q> constexpr auto results(Q const& q) const {
    return deepseek::detail::attention_results<dyn>(q, cache.values.extent(3));
  }
  template <class Q> double flops(Q const& q) const {
    auto const& e = q.extents();
    double keys = 0;
    bool const known = cache.lengths.space() == memory_space::host;
    for (std::int64_t s = 0; s < cache.sequences(); ++s)
      keys += static_cast<double>(known ? cache.lengths(s) : cache.longest());
    return deepseek::detail::attention_flops(score, static_cast<double>(e[1] * e[2]) * keys, e[3],
                                             cache.values.extent(3));
  }
};
}  // namespace rules

namespace detail {
template <class Q, class T>
[[noreturn]] DEEPSEEK_NOINLINE void fail_cached(Q const& q, paged_keys<T> const& c) {
  throw shape_error(text{} << "[DS-ATTENTION-CACHE] attention(q[b, h, n, d], cache): q is " << q
                           << ", the cache has " << c.sequences() << " sequences, keys "
                           << c.keys.extents() << " and values " << c.values.extents()
                           << " in [pages, g, page_size, width], table " << c.table.extents()
                           << ". Fix: b sequences, h a multiple of g, d the width of keys.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_page(std::int64_t sequence, std::int64_t number,
                                                     std::int64_t page, std::int64_t pages) {
  throw shape_error(
      text{} << "[DS-ATTENTION-PAGE] page " << number << " of sequence " << sequence << " is "
             << page << "; there are " << pages
             << " pages. Fix: the table of a sequence names pages for all of its keys.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_cached_length(std::int64_t sequence,
                                                              std::int64_t length,
                                                              std::int64_t queries,
                                                              std::int64_t most) {
  throw shape_error(text{} << "[DS-ATTENTION-LENGTH] sequence " << sequence << " has " << length
                           << " keys; it needs from " << queries
                           << " (its queries are its last keys) to " << most
                           << " (its row of the table).");
}

/// The cache is what attention can read, and holds the keys of the queries.
template <class Q, class T> void check_cached(Q const& q, paged_keys<T> const& c) {
  std::int64_t const pages = c.keys.extent(0);
  std::int64_t const g = c.keys.extent(1);
  bool fits = q[0] == c.sequences() && q[0] == c.table.extent(0) && g > 0 && q[1] % g == 0 &&
              q[3] == c.keys.extent(3) && c.page_size() > 0;
  for (int axis = 0; axis < 3; ++axis) {
    fits = fits && c.keys.extent(axis) == c.values.extent(axis);
    if constexpr (quantized_element<T>)
      fits = fits && c.keys.extent(axis) == c.key_scales.extent(axis) &&
             c.keys.extent(axis) == c.value_scales.extent(axis);
  }
  if (!fits) fail_cached(q, c);
  if (c.lengths.space() != memory_space::host || c.table.space() != memory_space::host) return;
  for (std::int64_t s = 0; s < q[0]; ++s) {
    std::int64_t const length = c.lengths(s);
    std::int64_t const most = c.table.extent(1) * c.page_size();
    if (length < q[2] || length > most) fail_cached_length(s, length, q[2], most);
    for (std::int64_t p = 0; p * c.page_size() < length; ++p)
      if (c.table(s, p) < 0 || c.table(s, p) >= pages) fail_page(s, p, c.table(s, p), pages);
  }
}

/// The places of the queries of sequences with these lengths.
template <class Q>
auto places_in_cache(Q const& q, view<std::int32_t const, dims<dyn>> const& lengths) {
  using D = dims<dyn, 1, 1, 1>;
  std::int64_t const extent[] = {lengths.extent(0), 1, 1, 1};
  strided<4> layout;
  layout.value[0] = lengths.stride(0);
  using Lengths = view<std::int32_t const, D, strided<4>>;
  expr::leaf<Lengths> const length{
      Lengths{lengths.data(), D::from_array(extent), layout, lengths.space()}};
  return score::place<2>(q) + (length - q[2]);
}

/// The call of attention over a cache.
template <class Q, class T, class F>
auto cached_attention_call(Q const& q, paged_keys<T> const& cache, F const& f,
                           attention_options options) {
  using D = typename Q::dims_type;
  if constexpr (D::rank != 4) {
    (void)sizeof(why::attention_has_four_axes<D::rank == 4, why::rank_of<why::queries, D::rank>>);
    return why::invalid{};
  } else {
    auto const& qe = q.extents();
    check_cached(qe, cache);
    std::int64_t const longest = cache.longest();
    check_attention_options(options, qe[1], qe[3]);
    check_rotary(options.turn, qe[3], longest);
    auto const extents = score_extents<dyn>(qe, longest);
    auto const score = score::of(f, extents, places_in_cache(extents, cache.lengths));
    using Score = std::remove_cvref_t<decltype(score)>;
    if constexpr (!valid<Score>) {
      return why::invalid{};
    } else {
      score::check_score_indices(score, extents);
      return expr::call(rules::cached_attention<T, Score>{score, options, cache}, q);
    }
  }
}
}  // namespace detail

/// attention_with_logsumexp(q, cache, f, options), attention(q, cache, f, options): the same, of keys and
/// values in a cache (kv_cache.hpp) or in any pages.
///
/// The queries of a sequence are its last keys: query i of n stands at key lengths[b] - n + i, and that
/// place is what f is given as the query; score::causal, windows and ALiBi are right as they are. Keys from
/// lengths[b] on do not exist. Append the keys of the queries first.
///
/// @shape   q: [b, h, n, d]; the cache: b sequences, g heads -> [b, h, n, w]
/// @dtype   q's; keys and values of int8 and fp8 are multiplied by their scales as they are read
/// @cost    2 h (d + w) flops a query and key that is seen; a page of 16 keys and more costs little
/// @life    a table and lengths that are on a GPU are not looked at before the launch: neither their pages
///          nor their lengths are checked, and the longest sequence is taken to fill its row of the table
/// @fails   shape_error [DS-ATTENTION-CACHE], [DS-ATTENTION-PAGE] a page out of range, [DS-ATTENTION-LENGTH];
///          as attention
template <operand Q, element T, class F = score::plain_t>
auto attention_with_logsumexp(Q&& q, paged_keys<T> const& cache, F const& f = {},
                              attention_options const& options = {}) {
  if constexpr (!valid<Q>) return why::invalid{};
  else return detail::cached_attention_call(as_expression(static_cast<Q&&>(q)), cache, f, options);
}
template <operand Q, element T, class F = score::plain_t>
auto attention(Q&& q, paged_keys<T> const& cache, F const& f = {},
               attention_options const& options = {}) {
  auto const call = attention_with_logsumexp(static_cast<Q&&>(q), cache, f, options);
  if constexpr (!valid<decltype(call)>) return why::invalid{};
  else return get<0>(call);
}

}  // namespace deepseek
