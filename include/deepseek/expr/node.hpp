// SPDX-License-Identifier: Apache-2.0
/// @file What every node of an expression has: a shape law, a value type, operands.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/base/arguments.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/base/why.hpp>
#include <deepseek/shape/dims.hpp>
#include <deepseek/tensor/assignment.hpp>  // expression_base

namespace deepseek {

/// expression: a node. Nothing of it has run; it holds views of lvalue tensors and owns the rest.
///
/// Every node has `rank`, `value_type` (the dtype a tensor of its values would have), `dims_type`,
/// `extents()`, and `operands`, the nodes under it.
template <class E>
concept expression = std::derived_from<std::remove_cvref_t<E>, expression_base>;

namespace expr {

/// node<V, Dims, Operands...>: the base of every node. A node adds its rule and nothing else.
template <class V, class Dims, class... Operands> struct node : expression_base {
  using value_type = V;
  using dims_type = Dims;
  static constexpr int rank = Dims::rank;
  static constexpr int operand_count = sizeof...(Operands);

  DEEPSEEK_EMPTY Dims extents_;
  DEEPSEEK_EMPTY arguments<Operands...> operands;

  DEEPSEEK_HOST_DEVICE constexpr node(Dims const& extents, Operands const&... operand)
      : extents_{extents}, operands{{{operand}...}} {}

  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr Dims const& extents() const { return extents_; }
};

/// operand_t<E, I>: the type of the I-th node under E.
template <class E, int I>
using operand_t = std::remove_cvref_t<decltype(get<I>(std::declval<E const&>().operands))>;

/// for_each_operand(e, f): f on each node under e, left to right.
template <class E, class F> constexpr void for_each_operand(E const& e, F&& f) {
  apply([&](auto const&... operand) { (f(operand), ...); }, e.operands);
}

namespace detail {
template <class E> struct operand_traits;
template <class... Operands> struct operand_traits<arguments<Operands...>> {
  template <class Fold> static constexpr auto fold(Fold f) {
    return f.template operator()<Operands...>();
  }
};
}  // namespace detail

/// fold_operands<E>(f): f.operator()<Operand...>() on the types of the nodes under E.
template <class E, class F> constexpr auto fold_operands(F f) {
  return detail::operand_traits<
      std::remove_cvref_t<decltype(std::declval<E const&>().operands)>>::fold(f);
}

}  // namespace expr
}  // namespace deepseek
