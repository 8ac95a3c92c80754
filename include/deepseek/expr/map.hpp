// SPDX-License-Identifier: Apache-2.0
/// @file Maps: an element rule applied to broadcast operands, and the dtype rules of such a rule.
#pragma once
#include <concepts>
#include <type_traits>

#include <deepseek/base/convert.hpp>
#include <deepseek/expr/leaf.hpp>
#include <deepseek/expr/node.hpp>
#include <deepseek/shape/broadcast.hpp>

namespace deepseek {
namespace expr {

namespace detail {
template <class... V> struct promoted_of;
template <class V> struct promoted_of<V> { using type = V; };
template <class A, class B, class... Rest> struct promoted_of<A, B, Rest...> {
  using type = typename promoted_of<promote_t<A, B>, Rest...>::type;
};
}  // namespace detail

/// common_t<V...>: the dtype in which all of V meet.
template <class... V> using common_t = typename detail::promoted_of<V...>::type;

/// The dtype rules an element rule can derive from. `value<V...>` is the dtype of the result,
/// `operand<I, V...>` what operand I is converted to before the rule sees it.
/// arithmetic: the common dtype; two bools are added as int32.
struct arithmetic_rule {
  template <class... V>
  using value =
      std::conditional_t<std::same_as<common_t<V...>, bool>, std::int32_t, common_t<V...>>;
  template <int I, class... V> using operand = compute_t<value<V...>>;
};
/// floating: the common dtype, f32 where that is an integer.
struct floating_rule {
  template <class... V>
  using value = std::conditional_t<floating_element<common_t<V...>>, common_t<V...>, float>;
  template <int I, class... V> using operand = compute_t<value<V...>>;
};
/// comparison: operands meet, the result is bool.
struct comparison_rule {
  template <class... V> using value = bool;
  template <int I, class... V> using operand = typename arithmetic_rule::operand<I, V...>;
};
/// logic: operands become bool (not zero), the result is bool.
struct logic_rule {
  template <class... V> using value = bool;
  template <int I, class... V> using operand = bool;
};

/// map_node<F, Operands...>: y[i] = f(a[i], b[i], ...), operands broadcast as NumPy does it.
template <class F, class... Operands>
struct map_node : node<typename F::template value<typename Operands::value_type...>,
                       broadcast_dims_t<typename Operands::dims_type...>, Operands...> {
  using rule_type = F;
  DEEPSEEK_EMPTY F rule;
  constexpr map_node(F const& f, Operands const&... operand)
      : map_node::node{broadcast(operand.extents()...), operand...}, rule{f} {}
};

namespace detail {
template <class E> inline constexpr bool is_map = false;
template <class F, class... Operands> inline constexpr bool is_map<map_node<F, Operands...>> = true;

/// A C++ number beside tensors takes part in the kind it has, not in its width: `x_f16 * 2.0` is
/// f16, `x_int32 * 2.5` is f32, as in PyTorch.
template <class N, class... V> constexpr auto weak_element() {
  using Own = number_element_t<N>;
  if constexpr (sizeof...(V) == 0) {
    return std::type_identity<Own>{};
  } else {
    using Common = common_t<V...>;
    constexpr bool same_kind = (floating_element<Own> && floating_element<Common>) ||
                               (integer_element<Own> && !std::same_as<Common, bool>) ||
                               std::same_as<Own, bool>;
    if constexpr (same_kind) return std::type_identity<Common>{};
    else if constexpr (floating_element<Own>) return std::type_identity<float>{};
    else return std::type_identity<Own>{};
  }
}
}  // namespace detail
}  // namespace expr

namespace why {
template <bool Holds, class... Facts> struct broadcast_extents {
  static_assert(
      Holds,
      "[DS-BROADCAST-STATIC] operands do not broadcast: extents of an axis must be equal or "
      "1; the values are in extents_of<operand, extents...>. Fix: reshape, expand or slice.");
};
template <class Operand, class D> struct facts_of;
template <class Operand, std::int64_t... E> struct facts_of<Operand, dims<E...>> {
  using type = extents_of<Operand, E...>;
};
template <class Operand, class E>
using extents_fact = typename facts_of<Operand, typename E::dims_type>::type;
template <int I> struct operand_number;
}  // namespace why

namespace expr {

/// make_map(f, nodes...): the map node, or one error that names the operands that do not broadcast.
template <class F, class... Nodes> constexpr auto make_map(F const& f, Nodes const&... operand) {
  if constexpr ((!valid<Nodes> || ...)) {
    return why::invalid{};
  } else if constexpr (broadcast_conformable<typename Nodes::dims_type...>) {
    return map_node<F, Nodes...>{f, operand...};
  } else {
    []<int... I>(std::integer_sequence<int, I...>) {
      (void)sizeof(why::broadcast_extents<broadcast_conformable<typename Nodes::dims_type...>,
                                          why::extents_fact<why::operand_number<I>, Nodes>...>);
    }
    (std::make_integer_sequence<int, sizeof...(Nodes)>{});
    return why::invalid{};
  }
}

namespace detail {
template <class V, class... Rest> struct only_values;  // V of each operand that is no number
template <class... Acc> struct value_list {
  template <class N> static constexpr auto weak() { return weak_element<N, Acc...>(); }
};
template <class List, class... X> struct collect { using type = List; };
template <class... Acc, class X, class... Rest> struct collect<value_list<Acc...>, X, Rest...> {
  static constexpr auto step() {
    if constexpr (number<X>)
      return std::type_identity<typename collect<value_list<Acc...>, Rest...>::type>{};
    else
      return std::type_identity<typename collect<
          value_list<Acc..., typename expression_t<X>::value_type>, Rest...>::type>{};
  }
  using type = typename decltype(step())::type;
};

template <class List, class X> constexpr auto operand_node(X&& x) {
  if constexpr (number<X>) {
    using V = typename decltype(List::template weak<X>())::type;
    using Own = number_element_t<X>;
    return scalar<V>{deepseek::convert<V>(static_cast<Own>(x))};
  } else {
    return as_expression(static_cast<X&&>(x));
  }
}
}  // namespace detail

/// map_of(f, x...): as make_map, from tensors, expressions and numbers.
template <class F, class... X> constexpr auto map_of(F const& f, X&&... x) {
  if constexpr ((!valid<X> || ...)) {
    return why::invalid{};
  } else {
    using List = typename detail::collect<detail::value_list<>, X...>::type;
    return make_map(f, detail::operand_node<List>(static_cast<X&&>(x))...);
  }
}

}  // namespace expr
}  // namespace deepseek
