// SPDX-License-Identifier: Apache-2.0
/// @file What a loop nest must know of an expression before it is lowered: which axes it reduces, in
/// how many groups, and how wide its arithmetic is.
#pragma once
#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/call.hpp>
#include <deepseek/expr/contract.hpp>
#include <deepseek/expr/indexed.hpp>
#include <deepseek/expr/map.hpp>
#include <deepseek/expr/reduce.hpp>
#include <deepseek/expr/view_node.hpp>

namespace deepseek::plan {

using expr::axis_map;

/// identity_map<R>: axis k of the node is iteration axis k.
template <class Sequence> struct identity_map_of;
template <int... I> struct identity_map_of<std::integer_sequence<int, I...>> {
  using type = axis_map<I...>;
};
template <int Rank>
using identity_map = typename identity_map_of<std::make_integer_sequence<int, Rank>>::type;

/// aligned_map<Map, Rank>: the map of an operand of that rank under a node with Map; the last axes
/// align.
template <class Map, class Sequence> struct aligned_map_of;
template <class Map, int... I> struct aligned_map_of<Map, std::integer_sequence<int, I...>> {
  using type = axis_map<Map::of(Map::count - int(sizeof...(I)) + I)...>;
};
template <class Map, int Rank>
using aligned_map = typename aligned_map_of<Map, std::make_integer_sequence<int, Rank>>::type;

/// A view's operand: axis a follows the iteration axis that axis Follow(a) of the view follows; a
/// dropped axis gets an iteration axis of its own, the first that neither Map nor an earlier dropped
/// axis uses, so that a reduction under the view has an axis to run along.
template <int First, class Map, class Follow> constexpr int followed_axis(int axis) {
  if (Follow::of(axis) >= 0) return Map::of(Follow::of(axis));
  int candidate = First;
  for (int pass = 0; pass <= axis; ++pass) {
    if (Follow::of(pass) >= 0) continue;
    for (int k = 0; k < Map::count; ++k)
      if (Map::of(k) >= candidate) candidate = Map::of(k) + 1;
    if (pass == axis) return candidate;
    ++candidate;
  }
  return candidate;
}
template <int First, class Map, class Follow, class Sequence> struct followed_map_of;
template <int First, class Map, class Follow, int... I>
struct followed_map_of<First, Map, Follow, std::integer_sequence<int, I...>> {
  using type = axis_map<followed_axis<First, Map, Follow>(I)...>;
};
template <int First, class Map, class Follow>
using followed_map = typename followed_map_of<First, Map, Follow,
                                              std::make_integer_sequence<int, Follow::count>>::type;

/// scope: the variables in sight, innermost first: what each stands for.
struct empty_scope {};
template <class Id, class Bound, class Outer> struct scope_entry {
  Bound const* bound;
  Outer const* outer;
};

/// visible<Id, Scope>: the entry of Id.
template <class Id, class Scope> struct visible;
template <class Id, class Bound, class Outer> struct visible<Id, scope_entry<Id, Bound, Outer>> {
  using bound = Bound;
  using outer = Outer;
};
template <class Id, class Other, class Bound, class Outer>
struct visible<Id, scope_entry<Other, Bound, Outer>> : visible<Id, Outer> {};

/// facts: what analyse finds.
struct facts {
  static constexpr int most_sets = 8;
  unsigned sets[most_sets] = {};  ///< each set of iteration axes that something reduces along
  int set_count = 0;
  unsigned own_set = 0;  ///< the first of them that is not under a variable; 0 if there is none
  int axes = 0;          ///< iteration axes used
  int last_axis = -1;    ///< iteration axis of the last axis of the first reduced operand
  std::int64_t row_size =
      dyn;               ///< elements of one row of that operand; dyn: not known when compiling
  bool wide = false;     ///< some value takes 8 bytes to compute
  bool barrier = false;  ///< holds a node that is a kernel of its own
  bool scans = false;

  /// Of a root that is one kernel: what it reduces along; the axis that neighbouring elements are along.
  [[nodiscard]] constexpr unsigned reduced() const { return set_count == 1 ? sets[0] : 0u; }
  [[nodiscard]] constexpr int lane_axis() const { return set_count == 1 ? last_axis : axes - 1; }

  constexpr void add_set(unsigned set) {
    for (int i = 0; i < set_count; ++i)
      if (sets[i] == set) return;
    if (set_count < most_sets) sets[set_count++] = set;
  }
  constexpr void add(facts const& other) {
    for (int i = 0; i < other.set_count; ++i) add_set(other.sets[i]);
    own_set = own_set == 0 ? other.own_set : own_set;
    axes = other.axes > axes ? other.axes : axes;
    if (last_axis < 0) {
      last_axis = other.last_axis;
      row_size = other.row_size;
    }
    wide = wide || other.wide;
    barrier = barrier || other.barrier;
    scans = scans || other.scans;
  }
};

template <class V> constexpr bool is_wide() {
  if constexpr (std::is_void_v<V>) return false;
  else return sizeof(compute_t<V>) == 8;
}

template <class Map> constexpr int axes_used() {
  int most = 0;
  for (int k = 0; k < Map::count; ++k) most = Map::of(k) + 1 > most ? Map::of(k) + 1 : most;
  return most;
}

/// static_row_size<E>: how many elements a reduction E makes one of; dyn if that is not known when compiling.
template <class E> constexpr std::int64_t static_row_size() {
  using Extents = typename expr::operand_t<E, 0>::dims_type;
  std::int64_t size = 1;
  if constexpr (expr::detail::is_reduce<E>) {
    for (int axis = 0; axis < Extents::rank; ++axis) {
      if (((E::axes_mask >> axis) & 1u) == 0) continue;
      if (Extents::static_extent(axis) == dyn) return dyn;
      size *= Extents::static_extent(axis);
    }
  } else {
    size = Extents::static_extent(E::axis);
  }
  return size;
}

/// needs_memory<E>: a node whose operands must lie in memory before it can be read: it ends a kernel.
/// (A gather's indices are read twice, once to check them, unless they are proved.)
template <class E> constexpr bool needs_memory() {
  using namespace expr::detail;
  if constexpr (is_contract<E> || is_reshape<E> || is_call<E> || is_result<E>) return true;
  else if constexpr (is_gather<E>)
    return !is_leaf<expr::operand_t<E, 0>> || (!is_leaf<expr::operand_t<E, 1>> && !E::proved);
  else return false;
}

/// displaces<E>(under): a slice, flip or pad E over an operand that must see every element of a row in
/// its order (a scan), or over rows that E makes up (a pad over what reduces): the operand is evaluated
/// into memory first.
template <class E> constexpr bool displaces(facts const& under) {
  using namespace expr::detail;
  if constexpr (is_view_node<E>) return E::moved && under.scans;
  else if constexpr (is_pad<E>) return under.set_count > 0;
  else return false;
}

/// unpacked_t<E>: what a let of a call's results becomes once the call has run: a let for each result.
template <class E, int I> constexpr auto unpacked_type() {
  using Body = expr::operand_t<E, 1>;
  using Call = expr::operand_t<E, 0>;
  if constexpr (I == Call::result_count) {
    return std::type_identity<Body>{};
  } else {
    using Result = expr::call_result_t<Call, I>;
    using Inner = typename decltype(unpacked_type<E, I + 1>())::type;
    return std::type_identity<expr::let_node<
        expr::result_id<typename E::id_type, I>,
        expr::stored_t<typename Result::value_type, typename Result::dims_type>, Inner>>{};
  }
}

template <class E> using unpacked_t = typename decltype(unpacked_type<E, 0>())::type;

/// analyse<E, Map, Scope, Root>: the facts of E when its axes follow the iteration axes of Map. Root
/// is the number of iteration axes of the results; axes beyond it are those that views drop.
template <class E, class Map, class Scope, int Root> constexpr facts analyse() {
  using namespace expr::detail;
  facts found;
  found.axes = axes_used<Map>();
  found.wide = is_wide<typename E::value_type>();
  if constexpr (needs_memory<E>()) {
    found.barrier = true;
  } else if constexpr (is_outputs<E>) {
    expr::fold_operands<E>([&]<class... Operand>() {
      (found.add(analyse<Operand, identity_map<Operand::rank>, Scope, Operand::rank>()), ...);
    });
  } else if constexpr (is_variable<E>) {
    using Entry = visible<typename E::id_type, Scope>;
    found.add(analyse<typename Entry::bound, Map, typename Entry::outer, Root>());
    found.own_set = 0;
  } else if constexpr (is_let<E>) {
    using Inner = scope_entry<typename E::id_type, expr::operand_t<E, 0>, Scope>;
    found.add(analyse<expr::operand_t<E, 1>, Map, Inner, Root>());
  } else if constexpr (is_let_results<E>) {
    found.add(analyse<unpacked_t<E>, Map, Scope, Root>());
    found.barrier = true;
  } else if constexpr (is_reduce<E> || is_scan<E>) {
    using Operand = expr::operand_t<E, 0>;
    unsigned set = 0;
    if constexpr (is_reduce<E>) {
      for (int axis = 0; axis < Operand::rank; ++axis)
        if ((E::axes_mask >> axis) & 1u) set |= 1u << Map::of(axis);
    } else {
      set = 1u << Map::of(E::axis);
      found.scans = true;
    }
    found.add_set(set);
    found.own_set = set;
    found.last_axis = Map::of(Operand::rank - 1);
    found.row_size = static_row_size<E>();
    found.wide =
        found.wide ||
        sizeof(typename E::rule_type::template accumulator<typename Operand::value_type>) == 8;
    found.add(analyse<Operand, Map, Scope, Root>());
  } else if constexpr (is_view_node<E>) {
    using Inner = followed_map<Root, Map, typename E::map_type>;
    constexpr facts under = analyse<expr::operand_t<E, 0>, Inner, Scope, Root>();
    if (displaces<E>(under)) found.barrier = true;
    else found.add(under);
  } else if constexpr (is_pad<E>) {
    constexpr facts under = analyse<expr::operand_t<E, 0>, Map, Scope, Root>();
    if (displaces<E>(under)) found.barrier = true;
    else found.add(under);
  } else if constexpr (is_gather<E>) {
    found.wide = true;  // offsets are; its operands are leaves, for needs_memory is false
  } else {
    expr::fold_operands<E>([&]<class... Operand>() {
      (found.add(analyse<Operand, aligned_map<Map, Operand::rank>, Scope, Root>()), ...);
    });
  }
  return found;
}

}  // namespace deepseek::plan
