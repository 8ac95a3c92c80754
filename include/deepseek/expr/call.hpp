// SPDX-License-Identifier: Apache-2.0
/// @file Calls: algorithms over whole operands in memory, with one or several results (top_k, sort).
#pragma once
#include <cstddef>
#include <utility>  // tuple_size

#include <deepseek/expr/leaf.hpp>

namespace deepseek {
namespace expr {

/// call_result<V, Dims>: dtype and extents of a result.
template <element V, class Dims> struct call_result {
  using value_type = V;
  using dims_type = Dims;
  Dims extents;
};

/// call_node<Rule, Operands...>: the results of an algorithm that needs whole operands in memory, each in
/// its own dtype; those that are no tensors are evaluated first. It runs once for all of its results.
///
/// A Rule has `name` and `results(operand...)`, an arguments<call_result...>; its members are the numbers
/// of the call. It may have flops(operand...), a double, and reads(), an expression
/// whose tensors it reads besides its operands. exec/detail/call.hpp says who runs it.
template <class Rule, class... Operands> struct call_node : node<void, dims<>, Operands...> {
  using rule_type = Rule;
  using results_type =
      decltype(std::declval<Rule const&>().results(std::declval<Operands const&>()...));
  static constexpr int result_count = int{results_type::count};
  Rule rule;
  results_type results;
  constexpr explicit call_node(Rule const& r, Operands const&... operand)
      : call_node::node{dims<>{}, operand...}, rule{r}, results{r.results(operand...)} {}
};

/// call_result_t<Call, I>: the call_result of its I-th result.
template <class Call, int I>
using call_result_t =
    std::remove_cvref_t<decltype(get<I>(std::declval<typename Call::results_type const&>()))>;

/// result_node<I, Call>: the I-th result of a call, as a node.
template <int I, class Call>
struct result_node : node<typename call_result_t<Call, I>::value_type,
                          typename call_result_t<Call, I>::dims_type, Call> {
  static constexpr int index = I;
  constexpr explicit result_node(Call const& call)
      : result_node::node{get<I>(call.results).extents, call} {}
};

/// stored_t<V, Dims>: the leaf of a result, or of an operand of a call, that was evaluated into memory.
template <class V, class Dims> using stored_t = leaf<view<V const, Dims>, storage>;

/// result_id<Id, I>: the identity of the I-th result of the call that a let binds to Id.
template <class Id, int I> struct result_id;

/// call_results<Id, Results>: what the function of let(call, f) is given; get<I> is a variable.
template <class Id, class Results> struct call_results : found_among_verbs {
  Results results;
  constexpr explicit call_results(Results const& r) : results{r} {}
};

/// let_results_node<Id, Call, Body>: Body, in which variables stand for the results of Call.
template <class Id, class Call, class Body>
struct let_results_node : node<typename Body::value_type, typename Body::dims_type, Call, Body> {
  using id_type = Id;
  constexpr let_results_node(Call const& call, Body const& body)
      : let_results_node::node{body.extents(), call, body} {}
};

namespace detail {
template <class E> inline constexpr bool is_call = false;
template <class Rule, class... Operands>
inline constexpr bool is_call<call_node<Rule, Operands...>> = true;
template <class E> inline constexpr bool is_result = false;
template <int I, class Call> inline constexpr bool is_result<result_node<I, Call>> = true;
template <class E> inline constexpr bool is_let_results = false;
template <class Id, class Call, class Body>
inline constexpr bool is_let_results<let_results_node<Id, Call, Body>> = true;
}  // namespace detail

/// call<Rule>(rule, x...): the node of a call.
template <class Rule, operand... X> constexpr auto call(Rule const& rule, X&&... x) {
  return call_node<Rule, expression_t<X>...>{rule, as_expression(static_cast<X&&>(x))...};
}

}  // namespace expr

/// get<I>(call): its I-th result as an expression; `auto const [values, indices] = top_k(x, k);`
///
///   let(top_k(x, k), [](auto t) { return get<0>(t) * cast<float>(get<1>(t)); })
///
/// @cost    each result that is used outside of one let or tie runs the call anew
template <std::size_t I, class Rule, class... Operands>
constexpr auto get(expr::call_node<Rule, Operands...> const& call) {
  return expr::result_node<int{I}, expr::call_node<Rule, Operands...>>{call};
}

}  // namespace deepseek

template <class Rule, class... Operands>
struct std::tuple_size<deepseek::expr::call_node<Rule, Operands...>>
    : std::integral_constant<std::size_t,
                             deepseek::expr::call_node<Rule, Operands...>::result_count> {};
template <std::size_t I, class Rule, class... Operands>
struct std::tuple_element<I, deepseek::expr::call_node<Rule, Operands...>> {
  using type = deepseek::expr::result_node<int{I}, deepseek::expr::call_node<Rule, Operands...>>;
};
