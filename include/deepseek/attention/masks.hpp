// SPDX-License-Identifier: Apache-2.0
/// @file Masks for attention: causal, sliding_window, prefix, documents, key_padding, key_mask; and `|`, by
/// which score functions follow each other.
///
/// Each is a function of (score, batch, head, query, key) as a user could write it.
#pragma once
#include <deepseek/attention/score.hpp>
#include <deepseek/expr/view_node.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/comparison.hpp>
#include <deepseek/ops/logic.hpp>
#include <deepseek/ops/where.hpp>

namespace deepseek::score {

/// function: the base of the library's score functions; what `|` is for.
struct function {};

/// chain<F, G>: g of what f makes of the score.
template <class F, class G> struct chain : function {
  DEEPSEEK_EMPTY F f;
  DEEPSEEK_EMPTY G g;
  constexpr chain(F const& first, G const& second) : f{first}, g{second} {}
  template <class S, class B, class H, class Q, class K>
  constexpr auto operator()(S const& s, B const& b, H const& h, Q const& q, K const& kv) const {
    return g(f(s, b, h, q, kv), b, h, q, kv);
  }
};

/// f | g: f, then g of its result. Biases before masks, and a soft cap before both:
///
///   attention(q, k, v, score::soft_cap(30.F) | score::alibi(slopes) | score::causal)
///
/// @shape   each gives what broadcasts to [batch, heads, queries, keys]
/// @dtype   that of g
/// @cost    f's and g's
template <class F, class G>
requires(std::derived_from<F, function> || std::derived_from<G, function>) constexpr chain<F, G>
operator|(F const& f, G const& g) {
  return {f, g};
}

namespace detail {
/// along<A...>(x): the axes of x are the axes A... of [batch, head, query, key].
template <int... A, class Leaf> constexpr auto along(Leaf const& x) {
  using D = typename Leaf::dims_type;
  constexpr int where[] = {A...};
  constexpr auto own = [](int axis) {
    for (int i = 0; i < int{sizeof...(A)}; ++i)
      if (where[i] == axis) return i;
    return -1;
  };
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    using Dims =
        dims<(own(I) < 0 ? std::int64_t{1} : D::static_extent(own(I) < 0 ? 0 : own(I)))...>;
    std::int64_t const extent[] = {(own(I) < 0 ? 1 : x.extents()[own(I) < 0 ? 0 : own(I)])...};
    expr::progression const axes[sizeof...(A)] = {};
    return expr::make_view<expr::axis_map<A...>, false>(x, Dims::from_array(extent), axes);
  }
  (std::make_integer_sequence<int, 4>{});
}
template <class X, int Rank> inline constexpr bool has_rank = X::rank == Rank;
}  // namespace detail

namespace detail {
/// masked<Visible>: scores where visible(batch, head, query, key) holds, -inf elsewhere.
template <class Visible> struct masked : function {
  DEEPSEEK_EMPTY Visible visible;
  constexpr explicit masked(Visible const& where_seen) : visible{where_seen} {}
  template <class S, class B, class H, class Q, class K>
  constexpr auto operator()(S const& s, B const& b, H const& h, Q const& q, K const& kv) const {
    return where(visible(b, h, q, kv), s, minus_infinity);
  }
};

struct sees_the_past {
  template <class B, class H, class Q, class K>
  constexpr auto operator()(B const&, H const&, Q const& q, K const& kv) const {
    return kv <= own_key(q, kv);
  }
};
struct sees_near {
  std::int64_t before;
  std::int64_t after;
  template <class B, class H, class Q, class K>
  constexpr auto operator()(B const&, H const&, Q const& q, K const& kv) const {
    auto const own = own_key(q, kv);
    return kv >= own - before && kv <= own + after;
  }
};
template <class Lengths> struct sees_prefix {
  Lengths lengths;
  template <class B, class H, class Q, class K>
  constexpr auto operator()(B const&, H const&, Q const& q, K const& kv) const {
    return kv < along<0>(lengths) || kv <= own_key(q, kv);
  }
};
template <class Queries, class Keys> struct sees_own_document {
  Queries of_queries;
  Keys of_keys;
  template <class B, class H, class Q, class K>
  constexpr auto operator()(B const&, H const&, Q const&, K const&) const {
    return along<0, 2>(of_queries) == along<0, 3>(of_keys);
  }
};
template <class Lengths> struct sees_keys_before {
  Lengths lengths;
  template <class B, class H, class Q, class K>
  constexpr auto operator()(B const&, H const&, Q const&, K const& kv) const {
    return kv < along<0>(lengths);
  }
};
template <class Mask> struct sees_marked_keys {
  Mask mask;
  template <class B, class H, class Q, class K>
  constexpr auto operator()(B const&, H const&, Q const&, K const&) const {
    return along<0, 3>(mask);
  }
};
}  // namespace detail

/// masked(visible): the score where visible(batch, head, query, key) holds, -inf where it does not.
///
/// @shape   visible: gives what broadcasts to [batch, heads, queries, keys]
/// @dtype   visible: bool, or what is not 0; the score's
/// @cost    1 flop a score beside visible, in tiles that it cuts; none in the others
template <class Visible> constexpr auto masked(Visible const& visible) {
  return detail::masked<Visible>{visible};
}

/// causal: query i sees the keys up to its own, key i + (keys - queries): the last query sees all.
inline constexpr detail::masked<detail::sees_the_past> causal{detail::sees_the_past{}};

/// unbounded: of a sliding window, no end on this side.
inline constexpr std::int64_t unbounded = std::int64_t{1} << 29;

/// sliding_window(before, after): query i sees its own key, so many before it and so many after it.
///
/// Its own key is i + (keys - queries), as for causal. sliding_window(1023) is causal over 1024 keys.
constexpr auto sliding_window(std::int64_t before, std::int64_t after = 0) {
  return masked(detail::sees_near{before, after});
}

/// prefix(lengths): causal, but everybody sees the first lengths[b] keys of batch b.
///
/// @shape   lengths: [batch]
/// @dtype   lengths: any integer
/// @cost    3 operations a score, in tiles that it cuts
template <operand X> constexpr auto prefix(X&& lengths) {
  auto const node = as_expression(static_cast<X&&>(lengths));
  return masked(detail::sees_prefix<std::remove_cvref_t<decltype(node)>>{node});
}

/// documents(of_queries, of_keys): query i sees the keys j that carry its number:
/// of_queries[b, i] == of_keys[b, j].
///
/// @shape   of_queries: [batch, queries], of_keys: [batch, keys]
/// @dtype   any integers
/// @cost    1 operation a score, in tiles that it cuts; whole tiles are left out where numbers are in order
template <operand X, operand Y> constexpr auto documents(X&& of_queries, Y&& of_keys) {
  auto const x = as_expression(static_cast<X&&>(of_queries));
  auto const y = as_expression(static_cast<Y&&>(of_keys));
  return masked(
      detail::sees_own_document<std::remove_cvref_t<decltype(x)>, std::remove_cvref_t<decltype(y)>>{
          x, y});
}

/// key_padding(lengths): of batch b, only the first lengths[b] keys exist.
///
/// @shape   lengths: [batch]
/// @dtype   lengths: any integer
/// @cost    1 operation a score, in the tiles where a length ends
template <operand X> constexpr auto key_padding(X&& lengths) {
  auto const node = as_expression(static_cast<X&&>(lengths));
  return masked(detail::sees_keys_before<std::remove_cvref_t<decltype(node)>>{node});
}

/// key_mask(mask): of batch b, the keys j where mask[b, j] holds.
///
/// @shape   mask: [batch, keys]
/// @dtype   mask: bool, or what is not 0
/// @cost    1 operation a score, in tiles that it cuts
template <operand X> constexpr auto key_mask(X&& mask) {
  auto const node = as_expression(static_cast<X&&>(mask));
  return masked(detail::sees_marked_keys<std::remove_cvref_t<decltype(node)>>{node});
}

}  // namespace deepseek::score
