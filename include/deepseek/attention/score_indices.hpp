// SPDX-License-Identifier: Apache-2.0
/// @file check_score_indices: gathers by computed indices in a score expression stay inside their tables.
#pragma once
#include <cstdint>

#include <deepseek/attention/detail/bounds.hpp>

namespace deepseek::score {

namespace detail {
template <class Source>
[[noreturn]] DEEPSEEK_NOINLINE void fail_score_index(std::int64_t low, std::int64_t high, int axis,
                                                     Source const& source) {
  throw shape_error(text{} << "[DS-SCORE-INDEX] attention(q, k, v, f): f takes from " << source
                           << " along axis " << axis << " by an index that lies between " << low
                           << " and " << high << ", as far as intervals tell. Fix: minimum(maximum("
                           << "index, 0), " << source[axis] - 1 << "), or index % " << source[axis]
                           << ".");
}

/// on_host(e): what bounds are made from can be read here.
template <class E> constexpr bool on_host(E const& e) {
  if constexpr (expr::detail::is_leaf<E>) {
    return e.source.space() == memory_space::host;
  } else {
    bool all = true;
    expr::for_each_operand(e, [&](auto const& operand) { all = all && on_host(operand); });
    return all;
  }
}

/// Each gather under e whose indices are computed: on a box of e's own indices, none is outside.
template <class E, class Scope>
constexpr void check_computed(E const& e, index_box<E::rank> const& box, Scope const& scope) {
  using namespace expr::detail;
  if constexpr (is_gather<E>) {
    auto const& index = get<1>(e.operands);
    if constexpr (!is_leaf<expr::operand_t<E, 1>>) {
      if (!on_host(index)) return;
      auto const at = indices_box(e, box);
      auto const place = bounds_of(index, at, scope);
      auto const& source = get<0>(e.operands).extents();
      auto const low = static_cast<std::int64_t>(place.low);
      auto const high = static_cast<std::int64_t>(place.high);
      if (low < 0 || high >= source[E::axis]) fail_score_index(low, high, E::axis, source);
      check_computed(index, at, scope);
    }
  } else if constexpr (is_let<E>) {
    using Bound = expr::operand_t<E, 0>;
    auto const& bound = get<0>(e.operands);
    let_scope<typename E::id_type, Bound, Scope> const inner{bound, scope};
    check_computed(bound, broadcast_box(bound, box), scope);
    check_computed(get<1>(e.operands), box, inner);
  } else if constexpr (is_view_node<E>) {
    check_computed(get<0>(e.operands), viewed_box(e, box), scope);
  } else if constexpr (is_map<E>) {
    apply(
        [&](auto const&... operand) {
          (check_computed(operand, broadcast_box(operand, box), scope), ...);
        },
        e.operands);
  }
}
}  // namespace detail

/// check_score_indices(e, extents): no gather in a score expression over [batch, heads, queries, keys] reads
/// outside of its table, by indices that are computed from batch, head, query and key and lie in no memory.
///
///   [](auto s, auto, auto, auto q, auto kv) { return s + take(period, axes<0>, (kv - q) % 24); }
///
/// @shape   extents: those four         @dtype indices: any integers
/// @edge    indices that depend on tensors of a GPU's memory are not looked at
/// @cost    a few operations a node: intervals of indices, not the indices
/// @fails   shape_error [DS-SCORE-INDEX] an index that is not proved to be inside
template <expression E, std::int64_t... D>
constexpr void check_score_indices(E const& e, dims<D...> const& extents) {
  static_assert(sizeof...(D) == 4);
  index_box<4> all;
  for (int axis = 0; axis < 4; ++axis) {
    if (extents[axis] < 1) return;
    all.axis[axis] = {0, extents[axis] - 1};
  }
  detail::check_computed(e, detail::broadcast_box(e, all), detail::no_lets{});
}

}  // namespace deepseek::score
