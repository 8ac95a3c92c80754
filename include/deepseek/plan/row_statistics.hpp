// SPDX-License-Identifier: Apache-2.0
/// @file The reductions of an operand taken out of it: a norm is then maps over its operand and over one
/// number of each row, which kernels of products can compute where they read the operand.
#pragma once
#include <deepseek/plan/split.hpp>

namespace deepseek::plan {

/// is_statistic<E>(): one number for each row that reductions along it give, with the rules above them.
template <class E> constexpr bool holds_reduction() {
  if constexpr (expr::detail::is_reduce<E>) return true;
  else
    return expr::fold_operands<E>(
        []<class... Operand>() { return (false || ... || holds_reduction<Operand>()); });
}
template <class E> constexpr bool is_statistic() {
  using namespace expr::detail;
  if constexpr (is_reduce<E>) return true;
  else if constexpr (is_map<E> && E::rank > 0)
    return E::dims_type::static_extent(E::rank - 1) == 1 && holds_reduction<E>();
  else return false;
}

/// statistic_count<E>: of those under E that are not under others.
template <class E> constexpr int statistic_count() {
  if constexpr (is_statistic<E>()) return 1;
  else
    return expr::fold_operands<E>(
        []<class... Operand>() { return (0 + ... + statistic_count<Operand>()); });
}

/// with_statistics(e, scope, evaluate): e with those evaluated into memory, one after the other.
template <class E, class Scope, class Evaluate>
auto with_statistics(E const& e, Scope const& scope, Evaluate& evaluate) {
  using namespace expr::detail;
  if constexpr (is_statistic<E>()) {
    return evaluate(close_over(e, scope));
  } else if constexpr (is_let<E>) {
    auto const bound = with_statistics(get<0>(e.operands), scope, evaluate);
    using Bound = std::remove_cvref_t<decltype(bound)>;
    scope_entry<typename E::id_type, Bound, Scope> const inner{&bound, &scope};
    auto const body = with_statistics(get<1>(e.operands), inner, evaluate);
    return expr::let_node<typename E::id_type, Bound, std::remove_cvref_t<decltype(body)>>{bound,
                                                                                           body};
  } else if constexpr (statistic_count<E>() == 0) {
    return e;
  } else {
    return [&]<int... I>(std::integer_sequence<int, I...>) {
      return rebuilt(e, with_statistics(get<I>(e.operands), scope, evaluate)...);
    }
    (std::make_integer_sequence<int, E::operand_count>{});
  }
}

}  // namespace deepseek::plan
