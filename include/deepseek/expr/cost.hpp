// SPDX-License-Identifier: Apache-2.0
/// @file What an expression costs: floating-point operations per element, counted from its rules.
#pragma once
#include <cstdint>

#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/contract.hpp>
#include <deepseek/expr/indexed.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/expr/reduce.hpp>

namespace deepseek::expr {

/// element_flops<E>: operations for one element of E when everything under it that has an identity or
/// is reduced is at hand: what computing E again in a second pass would cost.
template <class E> constexpr int element_flops() {
  if constexpr (detail::is_reduce<E> || detail::is_variable<E> || detail::is_contract<E> ||
                detail::is_call<E>) {
    return 0;
  } else {
    int total = 0;
    if constexpr (detail::is_map<E> || detail::is_generate<E>) total += E::rule_type::flops;
    if constexpr (detail::is_scan<E>) total += 8;
    if constexpr (detail::is_let<E>) {
      total += element_flops<operand_t<E, 0>>() + element_flops<operand_t<E, 1>>();
    } else {
      fold_operands<E>([&]<class... Operand>() { ((total += element_flops<Operand>()), ...); });
    }
    return total;
  }
}

/// total_flops(e): operations to compute every element of e once; a let is counted once.
///
/// @units   floating-point operations as the rules count them (exp 16, division 4, …)
template <class E> constexpr double total_flops(E const& e) {
  double total = 0;
  double const size = static_cast<double>(e.extents().size());
  if constexpr (detail::is_map<E> || detail::is_generate<E>) {
    total += E::rule_type::flops * size;
  } else if constexpr (detail::is_reduce<E> || detail::is_scan<E>) {
    total += E::rule_type::flops * static_cast<double>(get<0>(e.operands).extents().size());
  } else if constexpr (detail::is_contract<E>) {
    auto const& a = get<0>(e.operands);
    total += 2.0 * size * static_cast<double>(a.extents()[a.rank - 1]);
  } else if constexpr (detail::is_call<E>) {
    apply(
        [&](auto const&... operand) {
          if constexpr (requires { e.rule.flops(operand...); }) total += e.rule.flops(operand...);
        },
        e.operands);
  }
  for_each_operand(e, [&](auto const& operand) { total += total_flops(operand); });
  return total;
}

}  // namespace deepseek::expr
