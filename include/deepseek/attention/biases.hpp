// SPDX-License-Identifier: Apache-2.0
/// @file Biases for attention: soft_cap, bias, alibi, and those that depend on the distance of query and key.
#pragma once
#include <deepseek/attention/masks.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/hyperbolic.hpp>
#include <deepseek/ops/take.hpp>  // make_gather
#include <deepseek/tensor/tensor.hpp>

namespace deepseek::score {

namespace detail {
struct capped : function {
  float cap;
  constexpr explicit capped(float most) : cap{most} {}
  template <class S, class B, class H, class Q, class K>
  constexpr auto operator()(S const& s, B const&, H const&, Q const&, K const&) const {
    return tanh(s * (1.0F / cap)) * cap;
  }
};

template <class Bias> struct added : function {
  Bias value;
  constexpr explicit added(Bias const& b) : value{b} {}
  template <class S, class B, class H, class Q, class K>
  constexpr auto operator()(S const& s, B const&, H const&, Q const&, K const&) const {
    return s + value;
  }
};

template <class Slopes> struct sloped : function {
  Slopes slopes;
  constexpr explicit sloped(Slopes const& of_heads) : slopes{of_heads} {}
  template <class S, class B, class H, class Q, class K>
  constexpr auto operator()(S const& s, B const&, H const&, Q const& q, K const& kv) const {
    return s - along<1>(slopes) * cast<float>(abs(own_key(q, kv) - kv));
  }
};

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_cap(float cap) {
  throw argument_error(text{} << "[DS-SCORE-CAP] soft_cap(cap): cap is " << cap
                              << ", not above 0. Fix: the largest score that is wanted.");
}
template <class D, class Q>
[[noreturn]] DEEPSEEK_NOINLINE void fail_distances(D const& d, Q const& extents) {
  throw shape_error(text{} << "[DS-SCORE-DISTANCES] relative(values): values is " << d
                           << "; for scores of " << extents << " it must be [heads or 1, "
                           << extents[2] + extents[3] - 1
                           << "]: queries + keys - 1 distances. Fix: relative_distances(queries, "
                              "keys) gives them in order.");
}

template <class D>
[[noreturn]] DEEPSEEK_NOINLINE void fail_distances_of_cache(D const& d, std::int64_t heads,
                                                            std::int64_t keys) {
  throw shape_error(text{} << "[DS-SCORE-DISTANCES] relative(values): values is " << d << "; over "
                           << keys << " keys in a cache of " << heads
                           << " heads it must be [heads or 1, 2 n - 1], n at least " << keys
                           << ". Fix: the table of the longest sequence.");
}

/// What axes follow in a table [heads, distances] that is read at distances [batch, 1, queries, keys].
struct distances_pattern {
  static constexpr int follows(int axis) { return axis == 0 ? 1 : -1; }
  struct of_indices {
    static constexpr int follows(int axis) { return axis; }
  };
};

/// y[0, h, q, k] = x[h, k - q + queries - 1]: x, read along its distances by steps of both. Over a cache,
/// where the place of a query is that in its sequence, x[h, k - q + (distances - 1) / 2].
template <class Leaf> struct relative_to : function {
  Leaf values;
  constexpr explicit relative_to(Leaf const& x) : values{x} {}
  template <class S, class B, class H, class Q, class K>
  constexpr auto operator()(S const& s, B const&, H const& h, Q const& q, K const& kv) const {
    if constexpr (expr::detail::is_generate<Q>) return by_steps(s, h, q, kv);
    else return by_places(s, h, q, kv);
  }

 private:
  template <class S, class H, class Q, class K>
  constexpr auto by_places(S const& s, H const& h, Q const& q, K const& kv) const {
    auto const& x = values.source;
    std::int64_t const distances = x.extent(1);
    bool const fits = x.extent(0) == 1 || x.extent(0) == h.extents()[1];
    if (!fits || distances % 2 == 0 || distances / 2 + 1 < kv.extents()[3])
      fail_distances_of_cache(x.extents(), h.extents()[1], kv.extents()[3]);
    auto const place = kv - q + static_cast<std::int32_t>(distances / 2);
    using P = typename std::remove_cvref_t<decltype(place)>::dims_type;
    using Dims = dims<P::static_extent(0), Leaf::dims_type::static_extent(0), P::static_extent(2),
                      P::static_extent(3)>;
    auto const& e = place.extents();
    std::int64_t const extent[] = {e[0], x.extent(0), e[2], e[3]};
    return s + deepseek::detail::make_gather<1, distances_pattern>(Dims::from_array(extent), values,
                                                                   place);
  }
  template <class S, class H, class Q, class K>
  constexpr auto by_steps(S const& s, H const& h, Q const& q, K const& kv) const {
    using QD = typename Q::dims_type;
    using KD = typename K::dims_type;
    using HD = typename Leaf::dims_type;
    using Dims = dims<1, HD::static_extent(0), QD::static_extent(2), KD::static_extent(3)>;
    std::int64_t const queries = q.extents()[2];
    std::int64_t const keys = kv.extents()[3];
    auto const& source = values.source;
    std::int64_t const heads = source.extent(0);
    std::int64_t const distances = queries + keys - 1;
    if (source.extent(1) != distances || (heads != 1 && heads != h.extents()[1]))
      fail_distances(source.extents(), s.extents());
    std::int64_t const step = source.stride(1);
    strided<4> layout;
    layout.value[1] = heads == 1 ? 0 : source.stride(0);
    layout.value[2] = -step;
    layout.value[3] = step;
    std::int64_t const extent[] = {1, heads, queries, keys};
    using View = view<typename Leaf::value_type const, Dims, strided<4>>;
    View const along_diagonals{source.data() + (queries - 1) * step, Dims::from_array(extent),
                               layout, source.space()};
    return s + expr::leaf<View, std::remove_cvref_t<decltype(values.owner)>>{along_diagonals,
                                                                             values.owner};
  }
};
}  // namespace detail

/// soft_cap(cap): cap * tanh(score / cap); scores stay between -cap and cap.
///
/// @fails   argument_error [DS-SCORE-CAP] cap is not above 0
/// @paper   Gemma Team 2024, "Gemma 2"
constexpr detail::capped soft_cap(float cap) {
  if (!(cap > 0)) detail::fail_cap(cap);
  return detail::capped{cap};
}

/// bias(t): score + t.
///
/// @shape   t: any that broadcasts to [batch, heads, queries, keys]
/// @dtype   t: any
/// @cost    1 flop a score, and what it takes to read t
template <operand X> constexpr auto bias(X&& t) {
  auto const node = as_expression(static_cast<X&&>(t));
  return detail::added<std::remove_cvref_t<decltype(node)>>{node};
}

/// alibi(slopes): score - slopes[h] * |distance of query and key|; alibi_slopes(heads) are the paper's.
///
/// @shape   slopes: [heads]
/// @dtype   slopes: any
/// @cost    5 operations a score
/// @paper   Press, Smith, Lewis 2022, "Train short, test long"
template <operand X> constexpr auto alibi(X&& slopes) {
  auto const node = as_expression(static_cast<X&&>(slopes));
  return detail::sloped<std::remove_cvref_t<decltype(node)>>{node};
}

/// alibi_slopes(heads): 2^(-8 (h + 1) / n) for n = heads if that is a power of 2; else those of the power
/// of 2 below, then every second one of the power above.
inline tensor<float, dims<dyn>> alibi_slopes(std::int64_t heads) {
  tensor<float, dims<dyn>> slopes{dims<dyn>{heads}};
  std::int64_t below = 1;
  while (2 * below <= heads) below *= 2;
  for (std::int64_t h = 0; h < heads; ++h) {
    bool const first = h < below;
    double const exponent = first ? -8.0 * double(h + 1) / double(below)
                                  : -8.0 * double(2 * (h - below) + 1) / double(2 * below);
    slopes.data()[h] = static_cast<float>(__builtin_exp2(exponent));
  }
  return slopes;
}

/// relative(values): a bias for each distance:
///
///   score + values[h, key - query + queries - 1]
///
/// from the last query's of the first key to the first query's of the last key. Over a cache the query is its
/// place in the sequence, and the table is that of any longest sequence n, of 2 n - 1 distances:
///
///   score + values[h, key - query + n - 1]
///
/// @shape   values: a tensor or view [heads or 1, queries + keys - 1], over a cache [heads or 1, 2 n - 1]
/// @dtype   values: any
/// @cost    1 flop a score, over a cache a gather; memory grows with queries + keys, not with their product
/// @fails   [DS-SCORE-RELATIVE] static · shape_error [DS-SCORE-DISTANCES] other heads or distances
template <operand X> constexpr auto relative(X&& values) {
  auto const leaf = as_expression(static_cast<X&&>(values));
  using Leaf = std::remove_cvref_t<decltype(leaf)>;
  static_assert(expr::detail::is_leaf<Leaf> && Leaf::rank == 2,
                "[DS-SCORE-RELATIVE] relative(values): values must be a tensor or a view with two "
                "axes, [heads or 1, queries + keys - 1]. Fix: eval(values) first.");
  return detail::relative_to<Leaf>{leaf};
}

}  // namespace deepseek::score
