// SPDX-License-Identifier: Apache-2.0
/// @file kernel_count<E>: how many kernels an expression runs, decided by types alone.
#pragma once
#include <deepseek/plan/turn.hpp>

namespace deepseek::plan {

template <class E, class Fusion> constexpr int kernels_to_evaluate();

/// kernels_to_read<E, Scope>: kernels that run before the elements of E can be read from memory.
template <class E, class Scope, class Fusion> constexpr int kernels_to_read() {
  if constexpr (!std::is_void_v<leaf_behind<E, Scope>>) return 0;
  else return kernels_to_evaluate<closed_t<E, Scope>, Fusion>();
}

/// kernels_to_store<Operand>: kernels that run before an operand of a closed call lies in memory.
template <class Operand, class Fusion> constexpr int kernels_to_store() {
  if constexpr (is_stored<Operand, empty_scope>()) return 0;
  else return kernels_to_evaluate<Operand, Fusion>();
}

/// kernels_before<E, Set, ...>: kernels that must run before one that holds E.
template <class E, unsigned Set, class Map, class Scope, int Root, class Fusion>
constexpr int kernels_before() {
  using namespace expr::detail;
  constexpr cut c = decide<E, Set, Map, Scope, Root>();
  if constexpr (is_let_results<E>) {
    return kernels_to_evaluate<closed_call_t<expr::operand_t<E, 0>, Scope>, Fusion>() +
           kernels_before<unpacked_t<E>, Set, Map, Scope, Root, Fusion>();
  } else if constexpr (is_result<E>) {
    return kernels_to_evaluate<closed_call_t<expr::operand_t<E, 0>, Scope>, Fusion>();
  } else if constexpr (c == cut::none) {
    return 0;
  } else if constexpr (c == cut::itself) {
    return kernels_to_evaluate<closed_t<E, Scope>, Fusion>();
  } else if constexpr (c == cut::operand) {
    return expr::fold_operands<E>(
        []<class... Operand>() { return (0 + ... + kernels_to_read<Operand, Scope, Fusion>()); });
  } else if constexpr (is_let<E>) {
    using Bound = expr::operand_t<E, 0>;
    using Under = bound_map<E, Map, Root>;
    using Isolated = decltype(isolate<Set, Under, Root>(
        std::declval<Bound const&>(), std::declval<Scope const&>(), std::declval<types_only&>()));
    using Inner = scope_entry<typename E::id_type, Isolated, Scope>;
    return kernels_before<Bound, Set, Under, Scope, Root, Fusion>() +
           kernels_before<expr::operand_t<E, 1>, Set, child_map<E, 1, Map, Root>, Inner, Root,
                          Fusion>();
  } else {
    return []<int... I>(std::integer_sequence<int, I...>) {
      return (0 + ... +
              kernels_before<expr::operand_t<E, I>, Set, child_map<E, I, Map, Root>, Scope,
                             child_root<E, I, Root>, Fusion>());
    }
    (std::make_integer_sequence<int, E::operand_count>{});
  }
}

/// kernels_under<E, Fusion>: kernels that run before product E; what is evaluated in its kernel is none.
template <class E, class Fusion, int I> constexpr int kernels_under_operand() {
  using Operand = expr::operand_t<E, I>;
  constexpr operand_is way = Fusion::template operand<E, I>();
  if constexpr (way == operand_is::stored) return kernels_to_read<Operand, empty_scope, Fusion>();
  else return kernels_to_evaluate<Operand, Fusion>() - (way == operand_is::computed ? 1 : 0);
}
template <class E, class Fusion> constexpr int kernels_under() {
  int before = kernels_under_operand<E, Fusion, 0>() + kernels_under_operand<E, Fusion, 1>();
  if constexpr (expr::detail::is_grouped<E>)
    before += kernels_to_read<expr::operand_t<E, 2>, empty_scope, Fusion>();
  return before;
}

/// kernels_isolated<E, Fusion>: the kernel of E, as isolate makes it, and those before.
template <class E, class Fusion> constexpr int kernels_isolated() {
  constexpr unsigned set = kernel_set<E, identity_map<E::rank>, empty_scope, E::rank>();
  return 1 + kernels_before<E, set, identity_map<E::rank>, empty_scope, E::rank, Fusion>();
}

template <class E, class Fusion> constexpr int kernels_to_evaluate() {
  using namespace expr::detail;
  if constexpr (is_contract<E>) {
    return 1 + kernels_under<E, Fusion>();
  } else if constexpr (Fusion::template takes_epilogue<E>()) {
    using Product = product_t<E>;
    using Over =
        decltype(with_leaf(std::declval<E const&>(), std::declval<product_leaf<Product> const&>()));
    return kernels_under<Product, Fusion>() + kernels_isolated<Over, Fusion>();
  } else if constexpr (is_turned_product<E>()) {
    return kernels_to_evaluate<expr::operand_t<E, 0>, Fusion>();
  } else if constexpr (Fusion::epilogue && turns<E>()) {
    return kernels_to_evaluate<decltype(in_order_of_product(std::declval<E const&>())), Fusion>();
  } else if constexpr (is_call<E>) {
    return expr::fold_operands<E>(
        []<class... Operand>() { return (1 + ... + kernels_to_store<Operand, Fusion>()); });
  } else if constexpr (is_result<E>) {
    return kernels_to_evaluate<expr::operand_t<E, 0>, Fusion>();
  } else if constexpr (is_let_results<E>) {
    return kernels_to_evaluate<expr::operand_t<E, 0>, Fusion>() +
           kernels_to_evaluate<unpacked_t<E>, Fusion>();
  } else if constexpr (is_leaf<E>) {
    return 1;
  } else {
    return kernels_isolated<E, Fusion>();
  }
}

}  // namespace deepseek::plan

namespace deepseek {

/// kernel_count<E>: the number of kernels that `y = e` runs; a promise that static_assert can check.
/// What a product takes into its kernel is up to the machine; the host takes all that can be. Fusion on_gpu
/// counts those of a GPU.
///
///   static_assert(kernel_count<decltype(softmax(x * scale + bias))> == 1);
///   static_assert(kernel_count<decltype(gelu(matmul(x, w) + bias))> == 1);
template <expression E, class Fusion = plan::fuses_all>
inline constexpr int kernel_count = plan::kernels_to_evaluate<std::remove_cvref_t<E>, Fusion>();

}  // namespace deepseek
