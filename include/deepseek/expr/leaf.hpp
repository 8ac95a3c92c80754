// SPDX-License-Identifier: Apache-2.0
/// @file Leaves: tensors, views and numbers as expressions.
#pragma once
#include <deepseek/expr/node.hpp>
#include <deepseek/tensor/tensor.hpp>

namespace deepseek {
namespace expr {

/// nobody: the owner of memory that a leaf only views.
struct nobody {};

/// leaf: elements in memory. Owner keeps the memory of an rvalue tensor alive.
template <class View, class Owner = nobody>
struct leaf : node<typename View::value_type, typename View::dims_type> {
  using view_type = View;
  DEEPSEEK_EMPTY View source;
  DEEPSEEK_EMPTY Owner owner;
  constexpr explicit leaf(View const& view, Owner keep = {})
      : leaf::node{view.extents()}, source{view}, owner{static_cast<Owner&&>(keep)} {}
};

/// scalar: one run-time number; its value is data, not type: two scalars of one type may differ.
template <element V> struct scalar : node<V, dims<>> {
  V value;
  DEEPSEEK_HOST_DEVICE constexpr explicit scalar(V v) : scalar::node{dims<>{}}, value{v} {}
};

namespace detail {
template <class E> inline constexpr bool is_leaf = false;
template <class View, class Owner> inline constexpr bool is_leaf<leaf<View, Owner>> = true;
template <class E> inline constexpr bool is_scalar = false;
template <class V> inline constexpr bool is_scalar<scalar<V>> = true;

/// The dtype that a C++ number stands for: every integer and float type maps to an element type.
template <class N> constexpr auto element_of_number() {
  if constexpr (element<N>) return std::type_identity<N>{};
  else if constexpr (std::is_floating_point_v<N>) return std::type_identity<double>{};
  else if constexpr (sizeof(N) <= 4) return std::type_identity<std::int32_t>{};
  else return std::type_identity<std::int64_t>{};
}
}  // namespace detail

/// number: a C++ arithmetic value or a library dtype, not a tensor.
template <class N>
concept number = std::is_arithmetic_v<std::remove_cvref_t<N>> || element<std::remove_cvref_t<N>>;

/// number_element_t<N>: the dtype of a number.
template <class N>
using number_element_t =
    typename decltype(detail::element_of_number<std::remove_cvref_t<N>>())::type;

}  // namespace expr

/// operand: what a verb takes: an expression, a tensor or a view; and the result of a call that
/// broke a law, which every verb passes on without a further word.
template <class X>
concept operand = expression<X> || detail::any_tensor<X> ||
    detail::view_like<std::remove_cvref_t<X>> || !valid<X>;

/// operand_or_number: an operand, or a number, which takes the dtype of the operand beside it.
template <class X>
concept operand_or_number = operand<X> || expr::number<X>;

/// as_expression(x): x as a node. An lvalue tensor is viewed, an rvalue tensor is owned, an
/// expression is itself.
///
/// @life   a view of an lvalue tensor is valid while the tensor is
template <operand X> constexpr auto as_expression(X&& x) {
  using Plain = std::remove_cvref_t<X>;
  if constexpr (expression<X> || !valid<X>) {
    return static_cast<Plain>(x);
  } else if constexpr (detail::any_tensor<X>) {
    using View = typename Plain::const_view_type;
    View const view{x.data(), x.extents(), {}, x.space()};
    if constexpr (std::is_lvalue_reference_v<X>) return expr::leaf<View>{view};
    else return expr::leaf<View, storage>{view, x.memory()};
  } else {
    using View = view<typename Plain::value_type const, typename Plain::dims_type,
                      typename Plain::layout_type>;
    return expr::leaf<View>{View{x.data(), x.extents(), x.layout(), x.space()}};
  }
}
template <expr::number X> constexpr auto as_expression(X const& x) {
  using V = expr::number_element_t<X>;
  return expr::scalar<V>{static_cast<V>(x)};
}

/// expression_t<X>: the node that as_expression(x) gives.
template <class X> using expression_t = decltype(as_expression(std::declval<X>()));

/// make_assignment(y, e): the right-hand side becomes a node; extents are checked now.
template <class Destination, class E>
constexpr auto make_assignment(Destination const& destination, E&& e) {
  return assignment<Destination, expression_t<E>>{destination, as_expression(static_cast<E&&>(e))};
}

}  // namespace deepseek
