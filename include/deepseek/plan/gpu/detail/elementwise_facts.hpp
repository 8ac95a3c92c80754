// SPDX-License-Identifier: Apache-2.0
/// @file What the type of a program without reductions says of its size, and of memory whose neighbours may
/// be along another axis than the last.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/indexed.hpp>
#include <deepseek/expr/view_node.hpp>
#include <deepseek/shape/layout.hpp>

namespace deepseek::plan::gpu {

/// static_elements<E>: of the one result of root E, where its type says it; else dyn.
template <class E> constexpr std::int64_t static_elements() {
  if constexpr (expr::detail::is_let<E>) {
    return static_elements<expr::operand_t<E, 1>>();
  } else if constexpr (expr::detail::is_store<E>) {
    std::int64_t n = 1;
    for (int axis = 0; axis < E::rank; ++axis) {
      std::int64_t const extent = E::dims_type::static_extent(axis);
      if (extent == dyn) return dyn;
      n *= extent;
    }
    return n;
  } else {
    std::int64_t n = dyn;
    expr::fold_operands<E>([&]<class... Output>() {
      if constexpr (sizeof...(Output) == 1) n = (0 + ... + static_elements<Output>());
    });
    return n;
  }
}

/// reads_anywhere<E>(): there are elements that may not exist, or lie where an index says.
template <class E> constexpr bool reads_anywhere() {
  bool found = expr::detail::is_pad<E> || expr::detail::is_gather<E>;
  expr::fold_operands<E>(
      [&]<class... Operand>() { found = (found || ... || reads_anywhere<Operand>()); });
  return found;
}

/// turned_types: of a program: bytes of the largest element of an operand, and of a result, that may have its
/// neighbours along any axis; 0: there is none.
struct turned_types {
  int operand_bytes = 0;
  int result_bytes = 0;
  [[nodiscard]] constexpr bool any() const { return operand_bytes > 0 || result_bytes > 0; }
  [[nodiscard]] constexpr int bytes() const {
    return operand_bytes > result_bytes ? operand_bytes : result_bytes;
  }
};

/// reorders<Map>(): a view with that map has its operand's axes in another order.
template <class Map> constexpr bool reorders() {
  int last = -1;
  for (int axis = 0; axis < Map::count; ++axis) {
    if (Map::of(axis) < 0) continue;
    if (Map::of(axis) < last) return true;
    last = Map::of(axis);
  }
  return false;
}

/// turned_in<E>(below): of root or node E; below: a view above it has changed the order of axes.
template <class E> constexpr turned_types turned_in(bool below = false) {
  using namespace expr::detail;
  constexpr auto may_turn = []<class View>(std::type_identity<View>) {
    return View::rank >= 2 && !std::is_same_v<typename View::layout_type, row_major>;
  };
  turned_types found;
  if constexpr (is_leaf<E>) {
    using View = typename E::view_type;
    if ((below && View::rank >= 2) || may_turn(std::type_identity<View>{}))
      found.operand_bytes = int{sizeof(typename E::value_type)};
  } else {
    if constexpr (is_view_node<E>) below = below || reorders<typename E::map_type>();
    if constexpr (is_store<E>)
      if (may_turn(std::type_identity<std::remove_cvref_t<decltype(std::declval<E&>().target)>>{}))
        found.result_bytes = int{sizeof(typename E::value_type)};
    [[maybe_unused]] auto const add = [&found](turned_types const& t) {
      if (t.operand_bytes > found.operand_bytes) found.operand_bytes = t.operand_bytes;
      if (t.result_bytes > found.result_bytes) found.result_bytes = t.result_bytes;
    };
    expr::fold_operands<E>([&]<class... Operand>() { (add(turned_in<Operand>(below)), ...); });
  }
  return found;
}

}  // namespace deepseek::plan::gpu
