// SPDX-License-Identifier: Apache-2.0
/// @file assignment: "y = e" as a value, which an executor runs.
#pragma once
#include <concepts>
#include <type_traits>

#include <deepseek/base/dtype.hpp>
#include <deepseek/base/why.hpp>

namespace deepseek {

/// expression_base: every node of an expression derives from it.
struct expression_base {};

/// tensor_base: every owning tensor derives from it.
struct tensor_base {};

namespace detail {
template <class V>
concept view_like = requires(V const& v) {
  v.data();
  v.extents();
  v.layout();
};
}  // namespace detail

/// assignable: what may stand on the right of `y = …`: an expression, a tensor, a view, a number; and the
/// result of a call that broke a law, about which all is said.
template <class E>
concept assignable = std::derived_from<std::remove_cvref_t<E>, expression_base> ||
    detail::view_like<std::remove_cvref_t<E>> || std::is_arithmetic_v<std::remove_cvref_t<E>> ||
    element<std::remove_cvref_t<E>> || !valid<E>;

/// assignment<Destination, E>: `(y = e)`; nothing has run. An executor's header gives run() a meaning.
///
/// @life   holds a view of y and what e holds; use it in the statement that makes it
template <class Destination, class E> struct [[nodiscard("call .run(executor)")]] assignment {
  Destination destination;
  E expression;

  /// run(executor): computes every element; returns when the executor says so (host: when done).
  template <class Executor> decltype(auto) run(Executor const& executor) const {
    return execute(executor, *this);  // found beside the executor
  }
};

}  // namespace deepseek
