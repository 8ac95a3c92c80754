// SPDX-License-Identifier: Apache-2.0
/// @file tile_class: which tiles of scores a mask leaves out, which it leaves as they are, and which it cuts.
///
/// Nobody writes a block mask: the score expression itself is evaluated on intervals of indices.
#pragma once
#include <deepseek/attention/detail/bounds.hpp>

namespace deepseek::score {

/// tile_class: what a score expression does to a tile, that is a box of [batch, head, query, key].
enum class tile_class : unsigned char {
  empty,    ///< every score is -inf: neither keys nor values need be loaded
  full,     ///< no mask applies: without_masks(e) has the same values
  partial,  ///< some scores may be masked
};

namespace detail {

/// reads_score<E, Scope>(): the product of queries and keys is somewhere under E.
template <class E, class Scope> constexpr bool reads_score();
template <class Id> constexpr bool variable_reads_score(no_lets const*) {
  return std::is_same_v<Id, score_id>;
}
template <class Id, class Other, class Bound, class Outer>
constexpr bool variable_reads_score(let_scope<Other, Bound, Outer> const*) {
  if constexpr (std::is_same_v<Id, Other>) return reads_score<Bound, Outer>();
  else return variable_reads_score<Id>(static_cast<Outer const*>(nullptr));
}
template <class E, class Scope> constexpr bool reads_score() {
  using namespace expr::detail;
  if constexpr (is_variable<E>) {
    return variable_reads_score<typename E::id_type>(static_cast<Scope const*>(nullptr));
  } else if constexpr (is_let<E>) {
    using Inner = let_scope<typename E::id_type, expr::operand_t<E, 0>, Scope>;
    return reads_score<expr::operand_t<E, 1>, Inner>();
  } else {
    return expr::fold_operands<E>(
        []<class... Operand>() { return (false || ... || reads_score<Operand, Scope>()); });
  }
}

/// masked_side<E, Scope>(): 1 or 2 where E is where(condition, a, b) of which that side alone is made from
/// the score, and the condition is not; else 0.
template <class E, class Scope> constexpr int masked_side() {
  if constexpr (expr::detail::is_map<E>) {
    if constexpr (std::is_same_v<typename E::rule_type, rules::where>) {
      constexpr bool first = reads_score<expr::operand_t<E, 1>, Scope>();
      constexpr bool second = reads_score<expr::operand_t<E, 2>, Scope>();
      if (!reads_score<expr::operand_t<E, 0>, Scope>() && first != second) return first ? 1 : 2;
    }
  }
  return 0;
}

/// unmasked(e, box, scope): each mask in e chooses the side of the score all over the box.
template <class E, class Scope>
constexpr bool unmasked(E const& e, index_box<E::rank> const& box, Scope const& scope) {
  using namespace expr::detail;
  constexpr int side = masked_side<E, Scope>();
  if constexpr (side != 0) {
    auto const& condition = get<0>(e.operands);
    auto const holds = as<bool>(bounds_of(condition, broadcast_box(condition, box), scope));
    bool const chosen = side == 1 ? holds.low : !holds.high;
    auto const& kept = get<side>(e.operands);
    return chosen && unmasked(kept, broadcast_box(kept, box), scope);
  } else if constexpr (is_let<E>) {
    using Bound = expr::operand_t<E, 0>;
    let_scope<typename E::id_type, Bound, Scope> const inner{get<0>(e.operands), scope};
    return unmasked(get<0>(e.operands), broadcast_box(get<0>(e.operands), box), scope) &&
           unmasked(get<1>(e.operands), box, inner);
  } else if constexpr (is_map<E>) {
    return apply(
        [&](auto const&... operand) {
          return (unmasked(operand, broadcast_box(operand, box), scope) && ...);
        },
        e.operands);
  } else {
    return true;
  }
}

template <class E, class Scope> constexpr auto without_masks(E const& e, Scope const* scope) {
  using namespace expr::detail;
  constexpr int side = masked_side<E, Scope>();
  if constexpr (side != 0) {
    return without_masks(get<side>(e.operands), scope);
  } else if constexpr (is_let<E>) {
    using Id = typename E::id_type;
    using Inner = let_scope<Id, expr::operand_t<E, 0>, Scope>;
    auto const bound = without_masks(get<0>(e.operands), scope);
    auto const body = without_masks(get<1>(e.operands), static_cast<Inner const*>(nullptr));
    return expr::let_node<Id, std::remove_cvref_t<decltype(bound)>,
                          std::remove_cvref_t<decltype(body)>>{bound, body};
  } else if constexpr (is_map<E>) {
    return apply(
        [&](auto const&... operand) {
          return expr::map_node<typename E::rule_type, decltype(without_masks(operand, scope))...>{
              e.rule, without_masks(operand, scope)...};
        },
        e.operands);
  } else {
    return e;
  }
}

}  // namespace detail

/// without_masks(e): e with each where(condition, score, other) replaced by its score.
///
/// @shape   e's
/// @dtype   e's
/// @cost    none: it is made when compiling
template <expression E> constexpr auto without_masks(E const& e) {
  return detail::without_masks(e, static_cast<detail::no_lets const*>(nullptr));
}

/// class_of_tile(e, box): what e does to the scores of a box of [batch, head, query, key].
///
/// Empty and full are proved, partial is what is left: a condition that is no order of indices, tensors
/// and numbers (sin(q) > 0, a tensor of floats along both axes) is one that may apply anywhere.
///
/// @dtype   any
/// @shape   e: an expression that broadcasts to [batch, heads, queries, keys]; box: ranges of these
/// @error   as if no score and no tensor held NaN
/// @cost    a few operations a node; tensors are read along one axis of the box, of truth values along both
template <expression E> constexpr tile_class class_of_tile(E const& e, index_box<4> const& box) {
  using C = compute_t<typename E::value_type>;
  detail::no_lets const none{};
  auto const own = detail::broadcast_box(e, box);
  if constexpr (std::numeric_limits<C>::has_infinity) {
    if (detail::bounds_of(e, own, none).always(-std::numeric_limits<C>::infinity()))
      return tile_class::empty;
  }
  return detail::unmasked(e, own, none) ? tile_class::full : tile_class::partial;
}

}  // namespace deepseek::score
