// SPDX-License-Identifier: Apache-2.0
/// @file packed_sequences: sequences of any lengths, one after the other in one batch, by cumulative lengths.
#pragma once
#include <cstdint>

#include <deepseek/attention/masks.hpp>
#include <deepseek/tensor/tensor.hpp>

namespace deepseek::score {

namespace detail {
template <class Leaf> struct sees_from_to {
  Leaf first;
  Leaf last;
  template <class B, class H, class Q, class K>
  constexpr auto operator()(B const&, H const&, Q const&, K const& kv) const {
    return kv >= along<2>(first) && kv <= along<2>(last);
  }
};

using offsets = view<std::int32_t const, dims<dyn>>;
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_cumulative(char const* of, std::int64_t number,
                                                           std::int64_t before, std::int64_t here) {
  throw shape_error(text{} << "[DS-PACKED-ORDER] packed_sequences: the offset number " << number
                           << " of " << of << " is " << here << " after " << before
                           << ". Fix: offsets begin with 0 and never fall.");
}
[[noreturn]] DEEPSEEK_NOINLINE inline void fail_counts(std::int64_t queries, std::int64_t keys) {
  throw shape_error(text{} << "[DS-PACKED-COUNT] packed_sequences: " << queries
                           << " offsets of queries and " << keys
                           << " of keys. Fix: of n sequences, n + 1 of both.");
}
}  // namespace detail

/// packed_sequences(queries, keys): sequence s has queries from offset queries[s] up to queries[s + 1], and
/// keys likewise; a query sees keys of its own sequence.
///
///   score::packed_sequences const packed{offsets, offsets};
///   (y = attention(q, k, v, packed.causal())).run(host{});           // q: [1, h, total, d]
///
/// Nothing is computed for tiles of queries and keys of other sequences.
///
/// @shape   offsets: [sequences + 1]      @cost    8 bytes a query and mask; 2 comparisons a score where cut
/// @fails   shape_error [DS-PACKED-ORDER], [DS-PACKED-COUNT]
class packed_sequences {
  using places = tensor<std::int32_t, dims<dyn>>;

  static auto between(places const& first, places const& last) {
    auto const a = as_expression(first);
    return masked(detail::sees_from_to<std::remove_cvref_t<decltype(a)>>{a, as_expression(last)});
  }

 public:
  packed_sequences(view<std::int32_t const, dims<dyn>> queries,
                   view<std::int32_t const, dims<dyn>> keys) {
    std::int64_t const count = queries.extent(0) - 1;
    if (count < 0 || keys.extent(0) != count + 1)
      detail::fail_counts(queries.extent(0), keys.extent(0));
    check("queries", queries);
    check("keys", keys);
    std::int64_t const total = queries(count);
    first_ = places{dims<dyn>{total}};
    last_ = places{dims<dyn>{total}};
    own_ = places{dims<dyn>{total}};
    for (std::int64_t s = 0; s < count; ++s)
      for (std::int64_t i = queries(s); i < queries(s + 1); ++i) {
        first_(i) = keys(s);
        last_(i) = keys(s + 1) - 1;
        own_(i) = static_cast<std::int32_t>(keys(s + 1) - (queries(s + 1) - i));
      }
  }

  /// full(): a query sees all keys of its sequence. Valid while this is.
  [[nodiscard]] auto full() const { return between(first_, last_); }
  /// causal(): those up to its own; the last query of a sequence stands at its last key.
  [[nodiscard]] auto causal() const { return between(first_, own_); }

 private:
  static void check(char const* of, detail::offsets const& x) {
    std::int64_t before = 0;
    for (std::int64_t s = 0; s < x.extent(0); ++s) {
      if (x(s) < before || (s == 0 && x(s) != 0)) detail::fail_cumulative(of, s, before, x(s));
      before = x(s);
    }
  }
  places first_;
  places last_;
  places own_;
};

}  // namespace deepseek::score
