// SPDX-License-Identifier: Apache-2.0
/// @file Where an expression must be cut into kernels, decided by types alone, and the cut itself.
///
/// One kernel holds any maps, views and gathers, and reductions along one set of axes. What must
/// lie in memory before: the operand of a contraction, a call or a reshape, source and indices of a gather, a
/// scan under a slice or flip, a reduction under a pad, and whatever reduces along other axes than the
/// kernel does.
#pragma once
#include <deepseek/plan/analysis.hpp>
#include <deepseek/plan/uses.hpp>

namespace deepseek::plan {

/// cut: what becomes of a node when the kernel that holds it reduces along a given set of axes.
enum class cut {
  none,     ///< it stays, with everything under it
  descend,  ///< it stays; something under it does not
  operand,  ///< it stays; all of its operands are evaluated into memory
  itself    ///< it is evaluated into memory by kernels of its own
};

/// kernel_set<E>: the set of iteration axes that a kernel with root E reduces along; 0 for none. A
/// variable is used in several places, so that what it stands for is better evaluated once, into memory,
/// than what the body makes of it.
template <class E, class Map, class Scope, int Root> constexpr unsigned kernel_set() {
  constexpr facts f = analyse<E, Map, Scope, Root>();
  if (f.own_set != 0) return f.own_set;
  return f.set_count > 0 ? f.sets[0] : 0u;
}

/// own_set<E, Map>: the set that a reduction or scan E runs along.
template <class E, class Map> constexpr unsigned own_set() {
  unsigned set = 0;
  if constexpr (expr::detail::is_reduce<E>) {
    for (int axis = 0; axis < Map::count; ++axis)
      if ((E::axes_mask >> axis) & 1u) set |= 1u << Map::of(axis);
  } else {
    set = 1u << Map::of(E::axis);
  }
  return set;
}

template <unsigned Set> constexpr bool only_set(facts const& f) {
  for (int i = 0; i < f.set_count; ++i)
    if (f.sets[i] != Set) return false;
  return true;
}
template <unsigned Set> constexpr bool has_set(facts const& f) {
  for (int i = 0; i < f.set_count; ++i)
    if (f.sets[i] == Set) return true;
  return false;
}

/// child_map<E, I, Map, Root>: the map of operand I of E.
template <class E, int I, class Map, int Root> constexpr auto child_map_of() {
  using namespace expr::detail;
  using Operand = expr::operand_t<E, I>;
  if constexpr (is_view_node<E>) return followed_map<Root, Map, typename E::map_type>{};
  else if constexpr (is_gather<E>) return followed_map<Root, Map, typename E::index_map>{};
  else if constexpr (is_outputs<E>) return identity_map<Operand::rank>{};
  else return aligned_map<Map, Operand::rank>{};
}
template <class E, int I, class Map, int Root>
using child_map = decltype(child_map_of<E, I, Map, Root>());
template <class E, int I, int Root>
inline constexpr int child_root = expr::detail::is_outputs<E> ? expr::operand_t<E, I>::rank : Root;

/// ends_kernel<E, ...>: E stays in its kernel and its operands are evaluated into memory before.
template <class E, class Map, class Scope, int Root> constexpr bool ends_kernel() {
  if constexpr (expr::detail::is_view_node<E> || expr::detail::is_pad<E>)
    return displaces<E>(analyse<expr::operand_t<E, 0>, child_map<E, 0, Map, Root>, Scope, Root>());
  else return needs_memory<E>();
}

template <class E, unsigned Set, class Map, class Scope, int Root> constexpr cut decide() {
  using namespace expr::detail;
  constexpr facts f = analyse<E, Map, Scope, Root>();
  if constexpr (is_contract<E> || is_result<E>) {
    return cut::itself;
  } else if constexpr (ends_kernel<E, Map, Scope, Root>()) {
    return cut::operand;
  } else if constexpr (is_variable<E>) {
    // Its let decides; where the let cannot give it (another map), the value itself is evaluated.
    return !f.barrier && only_set<Set>(f) ? cut::none : cut::itself;
  } else if constexpr (!f.barrier && only_set<Set>(f)) {
    return cut::none;
  } else if constexpr (is_store<E> || is_outputs<E>) {
    return cut::descend;
  } else if constexpr (!f.barrier && !has_set<Set>(f)) {
    return cut::itself;
  } else if constexpr (is_reduce<E> || is_scan<E>) {
    if (own_set<E, Map>() != Set) return cut::itself;
    constexpr facts under = analyse<expr::operand_t<E, 0>, Map, Scope, Root>();
    return only_set<Set>(under) ? cut::descend : cut::operand;
  } else {
    return cut::descend;
  }
}

/// references<E, Id>: variable Id occurs under E.
template <class E, class Id> constexpr bool references() {
  if constexpr (expr::detail::is_variable<E>) return std::is_same_v<typename E::id_type, Id>;
  else if constexpr (shadows<E, Id>()) return references<expr::operand_t<E, 0>, Id>();
  else
    return expr::fold_operands<E>(
        []<class... Operand>() { return (false || ... || references<Operand, Id>()); });
}

/// closed_t<E, Scope>: E with a let around it for each variable of Scope that it mentions.
template <class E, class Scope> struct closed { using type = E; };
template <class E, class Id, class Bound, class Outer>
struct closed<E, scope_entry<Id, Bound, Outer>> {
  using wrapped = std::conditional_t<references<E, Id>(), expr::let_node<Id, Bound, E>, E>;
  using type = typename closed<wrapped, Outer>::type;
};
/// A product is no part of a let: its operands are closed one by one.
template <class D, class A, class B, class... Offsets, class Id, class Bound, class Outer>
struct closed<expr::contract_node<D, A, B, Offsets...>, scope_entry<Id, Bound, Outer>> {
  using scope = scope_entry<Id, Bound, Outer>;
  using type =
      expr::contract_node<D, typename closed<A, scope>::type, typename closed<B, scope>::type,
                          typename closed<Offsets, scope>::type...>;
};
template <class E, class Scope> using closed_t = typename closed<E, Scope>::type;

/// close_over(e, scope): e with a let around it for each variable in scope that it mentions.
template <class E> constexpr E close_over(E const& e, empty_scope const&) { return e; }
template <class E, class Id, class Bound, class Outer>
constexpr auto close_over(E const& e, scope_entry<Id, Bound, Outer> const& scope) {
  if constexpr (expr::detail::is_contract<E>)
    return apply(
        [&](auto const&... operand) {
          return closed_t<E, scope_entry<Id, Bound, Outer>>{e.extents(),
                                                            close_over(operand, scope)...};
        },
        e.operands);
  else if constexpr (references<E, Id>())
    return close_over(expr::let_node<Id, Bound, E>{*scope.bound, e}, *scope.outer);
  else return close_over(e, *scope.outer);
}

/// leaf_behind<E, Scope>: the leaf that E is, names or, as a variable, stands for; void if none.
template <class E, class Scope> constexpr auto leaf_behind_of() {
  using namespace expr::detail;
  if constexpr (is_leaf<E>) {
    return std::type_identity<E>{};
  } else if constexpr (is_named<E>) {
    return std::type_identity<expr::operand_t<E, 0>>{};
  } else if constexpr (is_variable<E>) {
    using Entry = visible<typename E::id_type, Scope>;
    return leaf_behind_of<typename Entry::bound, typename Entry::outer>();
  } else {
    return std::type_identity<void>{};
  }
}
template <class E, class Scope>
using leaf_behind = typename decltype(leaf_behind_of<E, Scope>())::type;

/// the_leaf(e, scope): that leaf.
template <class View, class Owner, class Scope>
constexpr auto the_leaf(expr::leaf<View, Owner> const& e, Scope const&) {
  return e;
}
template <fixed_string Name, class Leaf, class Scope>
constexpr auto the_leaf(expr::named_leaf<Name, Leaf> const& e, Scope const&) {
  return get<0>(e.operands);
}
template <class Id, class V, class D, class Other, class Bound, class Outer>
constexpr auto the_leaf(expr::variable<Id, V, D> const& v,
                        scope_entry<Other, Bound, Outer> const& scope) {
  if constexpr (std::is_same_v<Id, Other>) return the_leaf(*scope.bound, *scope.outer);
  else return the_leaf(v, *scope.outer);
}

/// is_stored<Operand, Scope>: an operand of a call that lies in memory in its own dtype.
template <class Operand, class Scope> constexpr bool is_stored() {
  using Leaf = leaf_behind<Operand, Scope>;
  if constexpr (std::is_void_v<Leaf>) return false;
  else return std::is_same_v<typename Leaf::value_type, typename Operand::value_type>;
}

/// closed_call(call, scope): a call whose operands need no scope.
template <class Call, class Scope>
constexpr auto closed_call(Call const& call, Scope const& scope) {
  auto const closed = [&](auto const& operand) {
    using Operand = std::remove_cvref_t<decltype(operand)>;
    if constexpr (is_stored<Operand, Scope>()) return the_leaf(operand, scope);
    else return close_over(operand, scope);
  };
  return apply(
      [&](auto const&... operand) {
        return expr::call_node<typename Call::rule_type, decltype(closed(operand))...>{
            call.rule, closed(operand)...};
      },
      call.operands);
}
template <class Call, class Scope>
using closed_call_t =
    decltype(closed_call(std::declval<Call const&>(), std::declval<Scope const&>()));

/// kept_type_t<E>: the type in which E is kept in memory: the one it is computed in, so that nothing is
/// rounded on the way; results of calls are in their own already.
template <class E, bool IsResult> struct kept_type {
  using type = compute_t<typename E::value_type>;
};
template <class E> struct kept_type<E, true> { using type = typename E::value_type; };
template <class E> using kept_type_t = typename kept_type<E, expr::detail::is_result<E>>::type;

/// evaluated_t<E>: the leaf that stands for E once it is in memory, row-major.
template <class E>
using evaluated_t = expr::leaf<view<kept_type_t<E> const, typename E::dims_type>, storage>;

/// stored_operand_t<E>: the leaf that stands for an operand E of a call: in E's own dtype.
template <class E>
using stored_operand_t = expr::stored_t<typename E::value_type, typename E::dims_type>;

/// unpacked<I>(e, leaves): a let of a call's results, once they are in memory: a let for each from I on.
template <int I, class E, class Leaves> constexpr auto unpacked(E const& e, Leaves const& leaves) {
  if constexpr (I == int{Leaves::count}) {
    return get<1>(e.operands);
  } else {
    auto const inner = unpacked<I + 1>(e, leaves);
    return expr::let_node<expr::result_id<typename E::id_type, I>,
                          std::remove_cvref_t<decltype(get<I>(leaves))>,
                          std::remove_cvref_t<decltype(inner)>>{get<I>(leaves), inner};
  }
}

/// results_in_memory_t<Call>: the leaves of all results of a call.
template <class... Result>
auto leaves_of_results(arguments<Result...> const&)
    -> arguments<expr::stored_t<typename Result::value_type, typename Result::dims_type>...>;
template <class Call>
using results_in_memory_t =
    decltype(leaves_of_results(std::declval<typename Call::results_type const&>()));

/// bound_map<E, Map, Root>: the map under which the bound value of let E is looked at.
template <class E, class Map, int Root> constexpr auto bound_map_of() {
  using Bound = expr::operand_t<E, 0>;
  using Use = typename decltype(use_map<expr::operand_t<E, 1>, typename E::id_type, Map, unmoved,
                                        unmoved, Root>())::type;
  if constexpr (std::is_void_v<Use>) return identity_map<Bound::rank>{};
  else return Use{};
}
template <class E, class Map, int Root> using bound_map = decltype(bound_map_of<E, Map, Root>());

/// rebuilt(e, operands...): a node like e over other operands.
template <class E, class... Operand> constexpr auto rebuilt(E const& e, Operand const&... operand) {
  using namespace expr;
  using namespace expr::detail;
  if constexpr (is_map<E>) {
    return map_node<typename E::rule_type, Operand...>{e.rule, operand...};
  } else if constexpr (is_reduce<E>) {
    return reduce_node<typename E::rule_type, E::axes_mask, Operand...>{operand...};
  } else if constexpr (is_scan<E>) {
    return scan_node<typename E::rule_type, E::axis, Operand...>{operand...};
  } else if constexpr (is_view_node<E>) {
    return make_view<typename E::map_type, E::moved>(operand..., e.extents(), e.axis);
  } else if constexpr (is_pad<E>) {
    return pad_node<typename E::dims_type, Operand...>{e.extents(), e.before, e.value, operand...};
  } else if constexpr (is_gather<E>) {
    auto const gather = [&]<class Source, class Index>(Source const& source, Index const& index) {
      return gather_node<E::axis, typename E::source_map, typename E::index_map,
                         typename E::dims_type, Source, Index, E::proved>{e.extents(), source,
                                                                          index};
    };
    return gather(operand...);
  } else if constexpr (is_outputs<E>) {
    return outputs_node<Operand...>{operand...};
  } else if constexpr (is_store<E>) {
    return store_node<std::remove_cvref_t<decltype(e.target)>, Operand...>{e.target, operand...};
  } else if constexpr (is_let<E>) {
    return let_node<typename E::id_type, Operand...>{operand...};
  } else if constexpr (is_contract<E>) {
    return contract_node<typename E::dims_type, Operand...>{e.extents(), operand...};
  } else if constexpr (is_call<E>) {
    return call_node<typename E::rule_type, Operand...>{e.rule, operand...};
  } else if constexpr (is_result<E>) {
    return result_node<E::index, Operand...>{operand...};
  } else if constexpr (is_let_results<E>) {
    return let_results_node<typename E::id_type, Operand...>{operand...};
  } else if constexpr (is_reshape<E>) {
    return reshape_node<typename E::dims_type, Operand...>{e.extents(), operand...};
  } else {
    static_assert(is_map<E>, "[DS-SPLIT-NODE] a node that the splitter does not know.");
  }
}

/// A leaf under other extents: a view where its elements lie one after the other, else a copy.
template <class Dims, class Leaf, class Evaluate>
auto reshaped_leaf(Dims const& extents, Leaf const& leaf, Evaluate& evaluate) {
  using View = view<typename Leaf::value_type const, Dims>;
  using Owned = expr::leaf<View, storage>;
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(leaf.owner)>, expr::nobody>) {
    if (leaf.source.contiguous()) return Owned{View{leaf.source.data(), extents, {}}, storage{}};
  } else {
    if (leaf.source.contiguous()) return Owned{View{leaf.source.data(), extents, {}}, leaf.owner};
  }
  auto const copy = evaluate.copy(leaf);
  return Owned{View{copy.source.data(), extents, {}}, copy.owner};
}

/// isolate<Set, Map, Root>(e, scope, evaluate): e as one kernel over Set: whatever cannot be part of it
/// has become a leaf, evaluated by evaluate(node).
template <unsigned Set, class Map, int Root, class E, class Scope, class Evaluate>
auto isolate(E const& e, Scope const& scope, Evaluate& evaluate) {
  using namespace expr::detail;
  constexpr cut c = decide<E, Set, Map, Scope, Root>();
  if constexpr (is_let_results<E>) {
    auto const leaves = evaluate.results(closed_call(get<0>(e.operands), scope));
    return isolate<Set, Map, Root>(unpacked<0>(e, leaves), scope, evaluate);
  } else if constexpr (is_result<E>) {
    auto const call = closed_call(get<0>(e.operands), scope);
    return evaluate(expr::result_node<E::index, std::remove_cvref_t<decltype(call)>>{call});
  } else if constexpr (c == cut::none) {
    return e;
  } else if constexpr (c == cut::itself) {
    return evaluate(close_over(e, scope));
  } else if constexpr (c == cut::operand) {
    auto const in_memory = [&](auto const& operand) {
      using Operand = std::remove_cvref_t<decltype(operand)>;
      if constexpr (!std::is_void_v<leaf_behind<Operand, Scope>>) return the_leaf(operand, scope);
      else return evaluate(close_over(operand, scope));
    };
    auto const first = in_memory(get<0>(e.operands));
    if constexpr (is_reshape<E>) {
      return reshaped_leaf(e.extents(), first, evaluate);
    } else if constexpr (is_gather<E>) {
      auto const gather = rebuilt(e, first, in_memory(get<1>(e.operands)));
      if constexpr (!is_leaf<expr::operand_t<E, 1>>) evaluate.check_indices(gather);
      return gather;
    } else {
      return rebuilt(e, first);
    }
  } else if constexpr (is_let<E>) {
    auto const bound =
        isolate<Set, bound_map<E, Map, Root>, Root>(get<0>(e.operands), scope, evaluate);
    using Bound = std::remove_cvref_t<decltype(bound)>;
    scope_entry<typename E::id_type, Bound, Scope> const inner{&bound, &scope};
    auto const body = isolate<Set, Map, Root>(get<1>(e.operands), inner, evaluate);
    return expr::let_node<typename E::id_type, Bound, std::remove_cvref_t<decltype(body)>>{bound,
                                                                                           body};
  } else {
    return [&]<int... I>(std::integer_sequence<int, I...>) {
      return rebuilt(e, isolate<Set, child_map<E, I, Map, Root>, child_root<E, I, Root>>(
                            get<I>(e.operands), scope, evaluate)...);
    }
    (std::make_integer_sequence<int, E::operand_count>{});
  }
}

/// types_only: an evaluate that never runs; isolate's result type is asked with it.
struct types_only {
  template <class E> evaluated_t<E> operator()(E const&);
  template <class Leaf>
  expr::leaf<view<typename Leaf::value_type const, typename Leaf::dims_type>, storage> copy(
      Leaf const&);
  template <class Gather> void check_indices(Gather const&);
  template <class Call> results_in_memory_t<Call> results(Call const&);
};

}  // namespace deepseek::plan
