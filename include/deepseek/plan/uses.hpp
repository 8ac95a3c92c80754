// SPDX-License-Identifier: Apache-2.0
/// @file Where the variable of a let is used: two uses share one computation when they need the same
/// element at the same point of the loop.
#pragma once
#include <deepseek/plan/analysis.hpp>

namespace deepseek::plan {

/// unmoved: index i of an axis is index i of its iteration axis. moved<...>: a slice, flip or pad lies
/// between, so a value computed outside it is not the value needed inside.
struct unmoved {};
template <class Outer, class Node> struct moved {};

/// shadows<E, Id>: E is a let of the same identity, so that Id under its body is its own.
template <class E, class Id> constexpr bool shadows() {
  if constexpr (expr::detail::is_let<E>) return std::is_same_v<typename E::id_type, Id>;
  else return false;
}

/// use_map<E, Id, Map, Epoch, At, Root>: the map of the first use of variable Id under E that is in
/// epoch At, or void.
template <class E, class Id, class Map, class Epoch, class At, int Root> constexpr auto use_map();

template <class Id, class Map, class Epoch, class At, int Root, class... Operand>
constexpr auto first_use_map() {
  if constexpr (sizeof...(Operand) == 0) {
    return std::type_identity<void>{};
  } else {
    return []<class First, class... Rest>(std::type_identity<First>, std::type_identity<Rest>...) {
      using Found = decltype(use_map<First, Id, aligned_map<Map, First::rank>, Epoch, At, Root>());
      if constexpr (std::is_void_v<typename Found::type>)
        return first_use_map<Id, Map, Epoch, At, Root, Rest...>();
      else return Found{};
    }(std::type_identity<Operand>{}...);
  }
}

/// The same for the results of a program: axis k of each is iteration axis k.
template <class Id, class Epoch, class At, class... Operand> constexpr auto first_output_use() {
  if constexpr (sizeof...(Operand) == 0) {
    return std::type_identity<void>{};
  } else {
    return []<class First, class... Rest>(std::type_identity<First>, std::type_identity<Rest>...) {
      using Found =
          decltype(use_map<First, Id, identity_map<First::rank>, Epoch, At, First::rank>());
      if constexpr (std::is_void_v<typename Found::type>)
        return first_output_use<Id, Epoch, At, Rest...>();
      else return Found{};
    }(std::type_identity<Operand>{}...);
  }
}

template <class E, class Map, class Epoch>
using reduce_epoch = std::conditional_t<std::is_same_v<Epoch, unmoved>, unmoved, moved<Epoch, E>>;
template <class E, class Epoch>
using view_epoch = std::conditional_t<E::moved, moved<Epoch, E>, Epoch>;

template <class E, class Id, class Map, class Epoch, class At, int Root> constexpr auto use_map() {
  using namespace expr::detail;
  if constexpr (is_variable<E>) {
    constexpr bool here = std::is_same_v<typename E::id_type, Id> && std::is_same_v<Epoch, At>;
    return std::type_identity<std::conditional_t<here, Map, void>>{};
  } else if constexpr (is_outputs<E>) {
    return expr::fold_operands<E>(
        []<class... Operand>() { return first_output_use<Id, Epoch, At, Operand...>(); });
  } else if constexpr (is_let<E>) {
    using Body = expr::operand_t<E, 1>;
    using Inner = decltype(use_map<Body, typename E::id_type, Map, Epoch, Epoch, Root>());
    if constexpr (!std::is_void_v<typename Inner::type>) {
      using InBound =
          decltype(use_map<expr::operand_t<E, 0>, Id, typename Inner::type, Epoch, At, Root>());
      if constexpr (!std::is_void_v<typename InBound::type> || shadows<E, Id>()) return InBound{};
      else return use_map<Body, Id, Map, Epoch, At, Root>();
    } else if constexpr (shadows<E, Id>()) {
      return std::type_identity<void>{};
    } else {
      return use_map<Body, Id, Map, Epoch, At, Root>();
    }
  } else if constexpr (is_result<E>) {  // a call reads from memory
    return std::type_identity<void>{};
  } else if constexpr (is_let_results<E>) {
    return use_map<expr::operand_t<E, 1>, Id, Map, Epoch, At, Root>();
  } else if constexpr (is_view_node<E>) {
    return use_map<expr::operand_t<E, 0>, Id, followed_map<Root, Map, typename E::map_type>,
                   view_epoch<E, Epoch>, At, Root>();
  } else if constexpr (is_gather<E>) {
    return use_map<expr::operand_t<E, 1>, Id, followed_map<Root, Map, typename E::index_map>, Epoch,
                   At, Root>();
  } else if constexpr (is_pad<E>) {
    return use_map<expr::operand_t<E, 0>, Id, Map, moved<Epoch, E>, At, Root>();
  } else if constexpr (is_reduce<E>) {
    return use_map<expr::operand_t<E, 0>, Id, Map, reduce_epoch<E, Map, Epoch>, At, Root>();
  } else {
    return expr::fold_operands<E>(
        []<class... Operand>() { return first_use_map<Id, Map, Epoch, At, Root, Operand...>(); });
  }
}

}  // namespace deepseek::plan
