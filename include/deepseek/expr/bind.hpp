// SPDX-License-Identifier: Apache-2.0
/// @file Identity: let, named and fused give a value a name the compiler sees, so that it is computed
/// or loaded once; outputs lets one kernel write several results.
#pragma once
#include <deepseek/base/fixed_string.hpp>
#include <deepseek/expr/call.hpp>
#include <deepseek/expr/leaf.hpp>

namespace deepseek {
namespace expr {

/// variable<Id, V, Dims>: stands for the value bound to Id.
template <class Id, class V, class Dims> struct variable : node<V, Dims> {
  using id_type = Id;
  constexpr explicit variable(Dims const& extents) : variable::node{extents} {}
};

/// let_node<Id, Bound, Body>: Body, in which variable<Id> stands for Bound.
template <class Id, class Bound, class Body>
struct let_node : node<typename Body::value_type, typename Body::dims_type, Bound, Body> {
  using id_type = Id;
  constexpr let_node(Bound const& bound, Body const& body)
      : let_node::node{body.extents(), bound, body} {}
};

/// outputs_node<E...>: several results of one kernel; only the root of an assignment may be one.
template <class... E> struct outputs_node : node<void, dims<>, E...> {
  constexpr explicit outputs_node(E const&... e) : outputs_node::node{dims<>{}, e...} {}
};

/// store_node<View, E>: E, broadcast to the extents of a view and written there.
template <class View, class E>
struct store_node : node<typename View::value_type, typename View::dims_type, E> {
  View target;
  constexpr store_node(View const& to, E const& e)
      : store_node::node{to.extents(), e}, target{to} {}
};

/// named_leaf<Name, Leaf>: a leaf with an identity: two of one name are one operand.
template <fixed_string Name, class Leaf>
struct named_leaf : node<typename Leaf::value_type, typename Leaf::dims_type, Leaf> {
  constexpr explicit named_leaf(Leaf const& source) : named_leaf::node{source.extents(), source} {}
};

namespace detail {
template <class E> inline constexpr bool is_variable = false;
template <class Id, class V, class D> inline constexpr bool is_variable<variable<Id, V, D>> = true;
template <class E> inline constexpr bool is_let = false;
template <class Id, class A, class B> inline constexpr bool is_let<let_node<Id, A, B>> = true;
template <class E> inline constexpr bool is_outputs = false;
template <class... E> inline constexpr bool is_outputs<outputs_node<E...>> = true;
template <class E> inline constexpr bool is_store = false;
template <class View, class E> inline constexpr bool is_store<store_node<View, E>> = true;
template <class E> inline constexpr bool is_named = false;
template <fixed_string Name, class Leaf>
inline constexpr bool is_named<named_leaf<Name, Leaf>> = true;

/// Identities. A closure type is unique to its lambda. Two lets of one function never see each
/// other's variable: the inner one would need a function that holds a variable named after itself.
/// (The bound type is left out on purpose: with it in every variable, names grow exponentially.)
template <class F> struct let_id;
template <class F, int I> struct fused_id;
template <fixed_string Name> struct named_id;

template <class Id, class Node> constexpr auto variable_for(Node const& node) {
  if constexpr (is_call<Node>) return call_results<Id, typename Node::results_type>{node.results};
  else return variable<Id, typename Node::value_type, typename Node::dims_type>{node.extents()};
}
template <class Id, class Bound, class Body>
using let_node_for = std::conditional_t<is_call<Bound>, let_results_node<Id, Bound, Body>,
                                        let_node<Id, Bound, Body>>;
}  // namespace detail
}  // namespace expr

/// get<I>(t): in the function of let(call, f), the I-th result of the call.
template <std::size_t I, class Id, class Results>
constexpr auto get(expr::call_results<Id, Results> const& t) {
  auto const& result = get<I>(t.results);
  using Result = std::remove_cvref_t<decltype(result)>;
  return expr::variable<expr::result_id<Id, int{I}>, typename Result::value_type,
                        typename Result::dims_type>{result.extents};
}

/// let(x, f): f(v) where v stands for x, which is computed once per element however often v occurs.
///
///   let(exp(x - max(x, last)), [](auto e) { return e / sum(e, last); })
///
/// Of a call with several results, v has each of them: get<I>(v).
///
/// @shape   f's result       @cost x once; a row's worth of scratch when several passes need it
template <operand X, class F> constexpr auto let(X&& x, F f) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    auto const bound = as_expression(static_cast<X&&>(x));
    using Bound = std::remove_cvref_t<decltype(bound)>;
    using Id = expr::detail::let_id<F>;
    auto const body = as_expression(f(expr::detail::variable_for<Id>(bound)));
    using Body = std::remove_cvref_t<decltype(body)>;
    if constexpr (!valid<Body>) return why::invalid{};
    else return expr::detail::let_node_for<Id, Bound, Body>{bound, body};
  }
}

/// fused(f): a function of tensors whose parameters are operands with an identity: each is loaded
/// once, however often f mentions it.
///
///   auto const axpy = fused([](auto x, auto y) { return x * 2.f + y * x; });
///   (z = axpy(a, b)).run(host{});
template <class F> struct fused_function {
  DEEPSEEK_EMPTY F f;

  template <operand... X> constexpr auto operator()(X&&... x) const {
    if constexpr ((!valid<X> || ...)) return why::invalid{};
    else return bind(as_expression(static_cast<X&&>(x))...);
  }

 private:
  template <class... Node> constexpr auto bind(Node const&... node) const {
    return bind_indexed(std::make_integer_sequence<int, sizeof...(Node)>{}, node...);
  }
  template <int... I, class... Node>
  constexpr auto bind_indexed(std::integer_sequence<int, I...>, Node const&... node) const {
    auto const body =
        as_expression(f(expr::detail::variable_for<expr::detail::fused_id<F, I>>(node)...));
    return wrap<0, expr::detail::fused_id<F, I>...>(body, node...);
  }
  template <int, class Id, class... Ids, class Body, class Node, class... Nodes>
  static constexpr auto wrap(Body const& body, Node const& node, Nodes const&... nodes) {
    if constexpr (!valid<Body>) {
      return why::invalid{};
    } else if constexpr (sizeof...(Nodes) == 0) {
      return expr::let_node<Id, Node, Body>{node, body};
    } else {
      auto const inner = wrap<0, Ids...>(body, nodes...);
      return expr::let_node<Id, Node, std::remove_cvref_t<decltype(inner)>>{node, inner};
    }
  }
};
template <class F> constexpr fused_function<F> fused(F f) { return {f}; }

/// named<"x">(t): tensor t with an identity: two operands of one name are loaded once.
///
/// @fails  argument_error [DS-NAMED-MEMORY] two different tensors carry one name
template <fixed_string Name, operand X> constexpr auto named(X&& x) {
  auto const leaf = as_expression(static_cast<X&&>(x));
  using Leaf = std::remove_cvref_t<decltype(leaf)>;
  static_assert(expr::detail::is_leaf<Leaf>,
                "[DS-NAMED-LEAF] named<name>(t): t must be a tensor or a view. Fix: let(e, f).");
  return expr::named_leaf<Name, Leaf>{leaf};
}

/// outputs(e...): the results of one kernel that writes several tensors; see tie.
template <operand... X> constexpr auto outputs(X&&... x) {
  if constexpr ((!valid<X> || ...)) return why::invalid{};
  else return expr::outputs_node<expression_t<X>...>{as_expression(static_cast<X&&>(x))...};
}

}  // namespace deepseek

template <class Id, class Results>
struct std::tuple_size<deepseek::expr::call_results<Id, Results>>
    : std::integral_constant<std::size_t, Results::count> {};
template <std::size_t I, class Id, class Results>
struct std::tuple_element<I, deepseek::expr::call_results<Id, Results>> {
  using type = decltype(get<I>(std::declval<deepseek::expr::call_results<Id, Results> const&>()));
};
