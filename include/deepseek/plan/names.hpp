// SPDX-License-Identifier: Apache-2.0
/// @file Named operands become variables of lets around the whole expression.
#pragma once
#include <deepseek/expr/bind.hpp>
#include <deepseek/plan/split.hpp>  // rebuilt

namespace deepseek::plan {

/// first_name<E>: the first named_leaf type under E, or void.
template <class E> struct first_name;
template <class Operands> struct first_name_in;
template <> struct first_name_in<arguments<>> { using type = void; };
template <class First, class... Rest> struct first_name_in<arguments<First, Rest...>> {
  using mine = typename first_name<First>::type;
  using type = typename std::conditional_t<std::is_void_v<mine>, first_name_in<arguments<Rest...>>,
                                           std::type_identity<mine>>::type;
};
template <class E> struct first_name {
  using operands = std::remove_cvref_t<decltype(std::declval<E const&>().operands)>;
  using type = typename std::conditional_t<expr::detail::is_named<E>, std::type_identity<E>,
                                           first_name_in<operands>>::type;
};

template <class E> struct name_of;
template <fixed_string Name, class Leaf> struct name_of<expr::named_leaf<Name, Leaf>> {
  using id = expr::detail::named_id<Name>;
  using leaf = Leaf;
};

[[noreturn]] DEEPSEEK_NOINLINE inline void fail_name() {
  throw argument_error(
      "[DS-NAMED-MEMORY] two different tensors carry one name. Fix: a name for each.");
}

/// replaced<Named>(e, found): e with a variable in place of every leaf of that name; found is the leaf.
template <class Named, class E>
auto replaced(E const& e, typename name_of<Named>::leaf const*& found) {
  using Leaf = typename name_of<Named>::leaf;
  if constexpr (std::is_same_v<E, Named>) {
    auto const& leaf = get<0>(e.operands);
    if (found == nullptr) found = &leaf;
    if (leaf.source.data() != found->source.data() ||
        !(leaf.source.extents() == found->source.extents()) ||
        !(leaf.source.layout() == found->source.layout()))
      fail_name();
    return expr::variable<typename name_of<Named>::id, typename Leaf::value_type,
                          typename Leaf::dims_type>{e.extents()};
  } else if constexpr (expr::detail::is_named<E>) {
    static_assert(
        !std::is_same_v<typename name_of<E>::id, typename name_of<Named>::id>,
        "[DS-NAMED-TYPE] one name stands for tensors of two types. Fix: a name for each.");
    return e;
  } else if constexpr (std::is_void_v<typename first_name<E>::type>) {
    return e;
  } else {
    return apply(
        [&](auto const&... operand) { return rebuilt(e, replaced<Named>(operand, found)...); },
        e.operands);
  }
}

/// resolve_names(e): e with a let around it for each name, so that each is loaded once.
template <class E> auto resolve_names(E const& e) {
  using Named = typename first_name<E>::type;
  if constexpr (std::is_void_v<Named>) {
    return e;
  } else {
    typename name_of<Named>::leaf const* found = nullptr;
    auto const body = resolve_names(replaced<Named>(e, found));
    using Body = std::remove_cvref_t<decltype(body)>;
    return expr::let_node<typename name_of<Named>::id, typename name_of<Named>::leaf, Body>{*found,
                                                                                            body};
  }
}

}  // namespace deepseek::plan
