// SPDX-License-Identifier: Apache-2.0
/// @file score: a function of (score, batch, head, query, key) as an expression over all of them.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/attention/detail/bounds.hpp>  // score_id
#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/map.hpp>  // why::extents_fact
#include <deepseek/ops/iota.hpp>
#include <deepseek/shape/broadcast.hpp>

namespace deepseek {
namespace score {

/// plain: the score as it is, q k^T * scale.
struct plain_t {
  template <class S, class B, class H, class Q, class K>
  constexpr S operator()(S s, B, H, Q, K) const {
    return s;
  }
};
inline constexpr plain_t plain{};

/// scores<Dims>: the score as a node, of extents [batch, heads, queries, keys].
template <class Dims> using scores = expr::variable<score_id, float, Dims>;

/// place<Axis>(extents): the index along one of the four axes.
///
/// @shape   that extent, 1 along the other axes      @dtype int32      @cost no memory
template <int Axis, std::int64_t... E> constexpr auto place(dims<E...> const& extents) {
  return [&]<int... I>(std::integer_sequence<int, I...>) {
    std::int64_t const own[] = {(I == Axis ? extents[I] : std::int64_t{1})...};
    return iota<std::int32_t>(dims<(I == Axis ? E : std::int64_t{1})...>::from_array(own));
  }
  (std::make_integer_sequence<int, int{sizeof...(E)}>{});
}

/// own_key(q, kv): the key at which a query stands. Query i of n stands at key i + m - n of m, the last
/// query at the last key; where keys are in a cache, the query that a score function is given is that place
/// already.
///
/// @shape   q, kv: as a score function is given them     @dtype int32     @cost an addition
template <class Q, class K> constexpr auto own_key(Q const& q, K const& kv) {
  if constexpr (expr::detail::is_generate<Q>) return q + (kv.extents()[3] - q.extents()[2]);
  else return q;
}

}  // namespace score

/// score_function<F, Dims, Query>: f(score, batch, head, query, key) is an operand.
template <class F, class Dims, class Query>
concept score_function = requires(F const& f, score::scores<Dims> const& s, Dims const& extents,
                                  Query const& query) {
  {
    f(s, score::place<0>(extents), score::place<1>(extents), query, score::place<3>(extents))
    } -> operand;
};

/// score_conformable<D, Dims>: extents D broadcast to Dims, [batch, heads, queries, keys], as far as types
/// know.
template <class D, class Dims>
concept score_conformable = broadcast_conformable_to<D, Dims>;

namespace why {
template <bool Holds, class... Facts> struct score_is_callable {
  static_assert(
      Holds,
      "[DS-SCORE-CALL] attention(q, k, v, f): f(score, batch, head, query, key) cannot be "
      "called with five expressions, or gives none; type_is<f>. Fix: take five auto and "
      "return an expression of the first.");
};
template <bool Holds, class... Facts> struct score_has_extents_of_scores {
  static_assert(
      Holds,
      "[DS-SCORE-SHAPE] attention(q, k, v, f): what f gives does not broadcast to [batch, heads, "
      "queries, keys]; see extents_of<first, f...> and extents_of<second, scores...>. Fix: "
      "unsqueeze "
      "the tensors that f reads.");
};
}  // namespace why

namespace score {

namespace detail {
template <class D, class Dims>
[[noreturn]] DEEPSEEK_NOINLINE void fail_extents(D const& d, Dims const& extents) {
  throw shape_error(text{} << "[DS-SCORE-SHAPE] attention(q, k, v, f): f gives " << d
                           << ", which does not broadcast to [batch, heads, queries, keys] = "
                           << extents << ". Fix: unsqueeze the tensors that f reads.");
}
}  // namespace detail

/// of(f, extents, query): f as an expression over [batch, heads, queries, keys]; query is what f is given as
/// the place of a query.
///
/// @shape   extents: those four          @dtype what f gives        @cost none: nothing runs
/// @fails   [DS-SCORE-CALL], [DS-SCORE-SHAPE] static · shape_error [DS-SCORE-SHAPE] when extents are dynamic
template <class F, class Query, std::int64_t... E>
requires(sizeof...(E) == 4) constexpr auto of(F const& f, dims<E...> const& extents,
                                              Query const& query) {
  using Dims = dims<E...>;
  constexpr bool callable = score_function<F, Dims, Query>;
  (void)sizeof(why::score_is_callable<callable, why::type_is<F>>);
  if constexpr (!callable) {
    return why::invalid{};
  } else {
    auto const e = as_expression(
        f(scores<Dims>{extents}, place<0>(extents), place<1>(extents), query, place<3>(extents)));
    using Result = std::remove_cvref_t<decltype(e)>;
    if constexpr (!valid<Result>) {
      return why::invalid{};
    } else {
      using D = typename Result::dims_type;
      constexpr bool fits = score_conformable<D, Dims>;
      (void)sizeof(
          why::score_has_extents_of_scores<fits, why::extents_fact<why::first, Result>,
                                           why::extents_fact<why::second, score::scores<Dims>>>);
      if constexpr (!fits) {
        return why::invalid{};
      } else {
        for (int axis = 0; axis < D::rank; ++axis) {
          std::int64_t const n = e.extents()[axis];
          if (n != 1 && n != extents[axis + 4 - D::rank])
            detail::fail_extents(e.extents(), extents);
        }
        return e;
      }
    }
  }
}
/// of(f, extents): the same; the place of a query is its number.
template <class F, std::int64_t... E>
requires(sizeof...(E) == 4) constexpr auto of(F const& f, dims<E...> const& extents) {
  return of(f, extents, place<2>(extents));
}

}  // namespace score
}  // namespace deepseek
