// SPDX-License-Identifier: Apache-2.0
/// @file Lowering: from a node to the cursor that reads it, all views turned into strides on the way.
///
/// It is the same for every machine. What a cursor is, a loop over vectors or a thread of a kernel, is
/// decided by the schedule S: cursors<S> names the cursor of each kind of node.
#pragma once
#include <deepseek/expr/cost.hpp>
#include <deepseek/loop/row_extents.hpp>
#include <deepseek/plan/analysis.hpp>
#include <deepseek/plan/detail/place.hpp>
#include <deepseek/plan/uses.hpp>

namespace deepseek::plan {

using expr::progression;
using loop::row_extents;

/// is_held_leaf<E>: a leaf whose elements are nowhere in memory: threads have them, as the variable that its
/// owner names.
template <class E> inline constexpr bool is_held_leaf = requires(E const& e) {
  std::remove_cvref_t<decltype(e.owner)>::held_by_threads;
};

/// cursors<S>: for a schedule, the templates leaf<T, Lanes>, scalar<V>, map<Rule, Children...>,
/// reduce<Rule, Child>, scan<Rule, Child>, variable<Id, V, Level, Invariant>, let<Id, Bound, Body, Keep>,
/// gather<T, Index>, pad<Child>, generate<Rule>, store<T>, output<Value, T>, outputs<Output...>.
template <class S> struct cursors;

/// binding<Id, ...>: a let around: what its variable stands for and where its value is computed.
/// UseMap is void when no use can share one computation.
struct no_bindings {};
template <class Id, class Node, class UseMap, class Epoch, int Level, bool Invariant, class Outer>
struct binding {
  Node const* node;
  Outer const* outer;
};

template <class Id, class Bindings> struct find_binding;
template <class Id, class Node, class UseMap, class Epoch, int Level, bool Invariant, class Outer>
struct find_binding<Id, binding<Id, Node, UseMap, Epoch, Level, Invariant, Outer>> {
  using use_map = UseMap;
  using epoch = Epoch;
  static constexpr int level = Level;
  static constexpr bool invariant = Invariant;
  static auto const& in(binding<Id, Node, UseMap, Epoch, Level, Invariant, Outer> const& b) {
    return b;
  }
};
template <class Id, class Other, class Node, class UseMap, class Epoch, int Level, bool Invariant,
          class Outer>
struct find_binding<Id, binding<Other, Node, UseMap, Epoch, Level, Invariant, Outer>>
    : find_binding<Id, Outer> {
  static auto const& in(binding<Other, Node, UseMap, Epoch, Level, Invariant, Outer> const& b) {
    return find_binding<Id, Outer>::in(*b.outer);
  }
};

/// context<S, Root, Map, Epoch, Bindings>: where a node stands: the iteration axis and the progression
/// of each of its axes, and the variables in sight.
template <class S, int Root, class Map, class Epoch, class Bindings> struct context {
  Bindings const* bindings;
  progression axis[max_rank];  ///< of the root: those of the iteration axes themselves
  static constexpr bool is_of_root = Map::count == 0 && Root == 0;

  /// under<ChildMap, ChildEpoch>(): the context of a node beneath, its progressions not yet set.
  template <class ChildMap, class ChildEpoch> auto under() const {
    return context<S, Root, ChildMap, ChildEpoch, Bindings>{bindings, {}};
  }
  /// of_iteration_axis(k): the progression of the axis that follows iteration axis k.
  [[nodiscard]] progression of_iteration_axis(int k) const {
    if constexpr (is_of_root) return axis[k];
    for (int a = 0; a < Map::count; ++a)
      if (Map::of(a) == k) return axis[a];
    return {};
  }
};

/// An axis of extent 1 is at index 0 wherever the loop stands: that is broadcasting.
template <class Context, class E> void stop_unit_axes(Context& c, E const& e) {
  for (int a = 0; a < E::rank; ++a)
    if (e.extents()[a] == 1) c.axis[a] = {0, 0};
}

/// The context of an operand whose last axes align with the node's.
template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto aligned(context<S, Root, Map, Epoch, Bindings> const& c, E const& operand) {
  auto inner = c.template under<aligned_map<Map, E::rank>, Epoch>();
  for (int a = 0; a < E::rank; ++a) inner.axis[a] = c.axis[Map::count - E::rank + a];
  stop_unit_axes(inner, operand);
  return inner;
}

template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto lower(E const& e, context<S, Root, Map, Epoch, Bindings> const& c);

/// stops_at_one<Epoch>: an axis of one element is at index 0 wherever the loop stands; not under a pad, where
/// the loop goes on beside it.
template <class Epoch> inline constexpr bool stops_at_one = true;
template <class Outer, class Node>
inline constexpr bool stops_at_one<moved<Outer, Node>> =
    !expr::detail::is_pad<Node> && stops_at_one<Outer>;

/// leaf_lanes<View, S, Map, Epoch>: what is known of a leaf along the lane axis when compiling.
template <class View, class S, class Map, class Epoch> constexpr lanes_are leaf_lanes() {
  int following = 0;
  int axis = -1;
  for (int a = 0; a < Map::count; ++a)
    if (Map::of(a) == S::lane_axis &&
        !(stops_at_one<Epoch> && View::dims_type::static_extent(a) == 1)) {
      ++following;
      axis = a;
    }
  if (following == 0 || S::lane_axis < 0) return lanes_are::one_value;
  if (following > 1 || axis != Map::count - 1) return lanes_are::strided;
  if (!std::is_same_v<typename View::layout_type, row_major>) return lanes_are::strided;
  if (!std::is_same_v<Epoch, unmoved>) return lanes_are::strided;
  return View::dims_type::static_extent(axis) == dyn ? lanes_are::either : lanes_are::contiguous;
}

/// numbers<Dims>: the elements of such extents by their numbers, as a leaf that leaf_lanes is asked about.
template <class Dims> struct numbers {
  using dims_type = Dims;
  using layout_type = row_major;
};

/// The strides of a row-major or strided operand along the iteration axes; returns the offset of its
/// element at iteration point 0.
template <class S, class Map, class StrideOf>
std::int64_t place_axes(address<S>& place, progression const* axis, StrideOf stride_of) {
  std::int64_t first = 0;
  for (int a = 0; a < Map::count; ++a) {
    std::int64_t const stride = stride_of(a);
    first += axis[a].start * stride;
    if (Map::of(a) >= 0) place.stride[Map::of(a)] += axis[a].step * stride;
  }
  return first;
}

template <class S, class Map, class E> row_extents<S> row_extents_of(E const& e) {
  row_extents<S> extents;
  for (int axis = 0; axis < S::axes; ++axis) extents.of[axis] = 1;
  for (int a = 0; a < E::rank; ++a)
    if (S::in_row(Map::of(a))) extents.of[Map::of(a)] = e.extents()[a];
  return extents;
}

template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto lower_reduce(E const& e, context<S, Root, Map, Epoch, Bindings> const& c) {
  auto const& operand = get<0>(e.operands);
  auto inner = c.template under<Map, reduce_epoch<E, Map, Epoch>>();
  for (int a = 0; a < Map::count; ++a)
    inner.axis[a] = (E::axes_mask >> a) & 1u ? progression{} : c.axis[a];
  stop_unit_axes(inner, operand);
  auto child = lower(operand, inner);
  typename cursors<S>::template reduce<typename E::rule_type, decltype(child)> cursor{
      child, row_extents_of<S, Map>(operand)};
  if constexpr (expr::picks_index<typename E::rule_type>) {
    std::int64_t number = 1;
    for (int a = Map::count - 1; a >= 0; --a)
      if ((E::axes_mask >> a) & 1u) {
        cursor.place.stride[Map::of(a)] = number;
        number *= operand.extents()[a];
      }
  }
  return cursor;
}

template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto lower_view(E const& e, context<S, Root, Map, Epoch, Bindings> const& c) {
  using Follow = typename E::map_type;
  auto const& operand = get<0>(e.operands);
  auto inner = c.template under<followed_map<Root, Map, Follow>, view_epoch<E, Epoch>>();
  for (int a = 0; a < Follow::count; ++a) {
    progression const own = e.axis[a];
    progression const outer = Follow::of(a) >= 0 ? c.axis[Follow::of(a)] : progression{0, 0};
    inner.axis[a] = {own.start + own.step * outer.start, own.step * outer.step};
  }
  for (int a = 0; a < Follow::count; ++a)
    if (operand.extents()[a] == 1 && Follow::of(a) >= 0) inner.axis[a] = {0, 0};
  return lower(operand, inner);
}

template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto lower_variable(E const&, context<S, Root, Map, Epoch, Bindings> const& c) {
  using Entry = find_binding<typename E::id_type, Bindings>;
  constexpr bool shared = [] {
    if constexpr (std::is_void_v<typename Entry::use_map>) {
      return false;
    } else {
      for (int a = 0; a < Map::count; ++a)
        if (E::dims_type::static_extent(a) != 1 && Map::of(a) != Entry::use_map::of(a))
          return false;
      return std::is_same_v<typename Entry::epoch, Epoch>;
    }
  }();
  if constexpr (shared) {
    return typename cursors<S>::template variable<typename E::id_type, typename E::value_type,
                                                  Entry::level, Entry::invariant>{};
  } else {
    auto const& entry = Entry::in(*c.bindings);
    using Outer = std::remove_cvref_t<decltype(*entry.outer)>;
    context<S, Root, Map, Epoch, Outer> inner{entry.outer, {}};
    for (int a = 0; a < Map::count; ++a) inner.axis[a] = c.axis[a];
    return lower(*entry.node, inner);
  }
}

/// A value is kept between passes when computing it again costs more than writing and reading it.
inline constexpr int kept_from_flops = 8;

template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto lower_let(E const& e, context<S, Root, Map, Epoch, Bindings> const& c) {
  using Id = typename E::id_type;
  using Bound = expr::operand_t<E, 0>;
  using Body = expr::operand_t<E, 1>;
  using Use = typename decltype(use_map<Body, Id, Map, Epoch, Epoch, Root>())::type;
  auto const& bound_node = get<0>(e.operands);
  auto lower_body = [&](auto entry) {
    context<S, Root, Map, Epoch, decltype(entry)> inner{&entry, {}};
    for (int a = 0; a < (c.is_of_root ? max_rank : Map::count); ++a) inner.axis[a] = c.axis[a];
    return lower(get<1>(e.operands), inner);
  };
  if constexpr (std::is_void_v<Use>) {
    return lower_body(binding<Id, Bound, void, Epoch, 0, false, Bindings>{&bound_node, c.bindings});
  } else {
    auto inner = c.template under<Use, Epoch>();
    for (int a = 0; a < Bound::rank; ++a) {
      inner.axis[a] = c.of_iteration_axis(Use::of(a));
      // One element of the body along an axis of several of the bound value: a reduction between them
      // runs along it.
      if (std::is_same_v<Epoch, unmoved> && inner.axis[a].step == 0) inner.axis[a] = {};
    }
    stop_unit_axes(inner, bound_node);
    auto const bound = lower(bound_node, inner);
    using BoundCursor = std::remove_cvref_t<decltype(bound)>;
    auto const body = lower_body(
        binding<Id, Bound, Use, Epoch, BoundCursor::level, BoundCursor::row_invariant, Bindings>{
            &bound_node, c.bindings});
    constexpr bool keep = expr::element_flops<Bound>() >= kept_from_flops;
    return typename cursors<S>::template let<Id, BoundCursor, std::remove_cvref_t<decltype(body)>,
                                             keep>{bound, body, row_extents_of<S, Use>(bound_node)};
  }
}

template <class View> address_range bytes_of_view(View const& v) {
  offset_range const range = offsets_of(v.extents(), v.layout());
  auto const at = [&](std::int64_t offset) {
    return reinterpret_cast<std::uintptr_t>(v.data()) +
           static_cast<std::uintptr_t>(offset * std::int64_t{sizeof(typename View::value_type)});
  };
  return {at(range.lowest), at(range.highest + 1)};
}

template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto lower_gather(E const& e, context<S, Root, Map, Epoch, Bindings> const& c) {
  using SourceMap = followed_map<Root, Map, typename E::source_map>;
  using IndexMap = followed_map<Root, Map, typename E::index_map>;
  auto const& source = get<0>(e.operands).source;
  auto const& index_node = get<1>(e.operands);
  auto inner = c.template under<IndexMap, Epoch>();
  bool one_index = true;
  for (int a = 0; a < IndexMap::count; ++a) {
    inner.axis[a] = c.axis[E::index_map::of(a)];
    if (IndexMap::of(a) == S::lane_axis && index_node.extents()[a] != 1) one_index = false;
  }
  stop_unit_axes(inner, index_node);
  auto const index = lower(index_node, inner);
  address<S> place;
  std::int64_t first = 0;
  for (int a = 0; a < SourceMap::count; ++a) {
    int const follows = E::source_map::of(a);
    if (follows < 0 || source.extent(a) == 1) continue;  // the indexed axis, or broadcast
    first += c.axis[follows].start * source.stride(a);
    place.stride[SourceMap::of(a)] += c.axis[follows].step * source.stride(a);
  }
  return typename cursors<S>::template gather<typename E::value_type,
                                              std::remove_cvref_t<decltype(index)>>{
      source.data() + first, place, source.stride(E::axis), one_index, index,
      bytes_of_view(source)};
}

template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto lower_pad(E const& e, context<S, Root, Map, Epoch, Bindings> const& c) {
  auto const& operand = get<0>(e.operands);
  auto inner = c.template under<Map, moved<Epoch, E>>();
  for (int a = 0; a < Map::count; ++a)
    inner.axis[a] = {c.axis[a].start - e.before[a], c.axis[a].step};
  auto const child = lower(operand, inner);
  typename cursors<S>::template pad<std::remove_cvref_t<decltype(child)>> cursor{e.value, child};
  for (int a = 0; a < Map::count; ++a) {
    progression const p = inner.axis[a];
    std::int64_t const n = operand.extents()[a];
    // The iteration indices i with 0 <= start + step * i < n.
    auto const floor_div = [](std::int64_t x, std::int64_t y) {
      std::int64_t const q = x / y;
      return q - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0);
    };
    inside range;
    constexpr std::int64_t everywhere = std::int64_t{1} << 62;
    if (p.step == 0)
      range = p.start >= 0 && p.start < n ? inside{-everywhere, everywhere} : inside{0, 0};
    else if (p.step > 0)
      range = {-floor_div(p.start, p.step), floor_div(n - 1 - p.start, p.step) + 1};
    else range = {-floor_div(n - 1 - p.start, -p.step), floor_div(p.start, -p.step) + 1};
    cursor.checked[Map::of(a)] = true;
    cursor.range[Map::of(a)] = range;
  }
  return cursor;
}

/// One result: axis k of its target is iteration axis k.
template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto lower_output(E const& e, context<S, Root, Map, Epoch, Bindings> const& c) {
  using Own = identity_map<E::rank>;
  auto const& operand = get<0>(e.operands);
  context<S, E::rank, Own, Epoch, Bindings> own{c.bindings, {}};
  std::int64_t first = 0;
  for (int axis = 0; axis < E::rank; ++axis) {
    own.axis[axis] = c.axis[axis];
    first += c.axis[axis].start * e.target.stride(axis);
  }
  auto value = lower(operand, aligned(own, operand));
  typename cursors<S>::template store<typename E::value_type> target{.base =
                                                                         e.target.data() + first};
  for (int axis = 0; axis < E::rank; ++axis)
    if (e.target.extent(axis) != 1) target.place.stride[axis] = e.target.stride(axis);
  typename cursors<S>::template output<decltype(value), typename E::value_type> output{
      value, target, row_extents_of<S, Own>(e), {}};
  for (int axis = 0; axis < S::axes; ++axis)
    output.target_extent[axis] = axis < E::rank ? e.extents()[axis] : 1;
  return output;
}

/// lower(e, context): the cursor of e.
template <class S, int Root, class Map, class Epoch, class Bindings, class E>
auto lower(E const& e, context<S, Root, Map, Epoch, Bindings> const& c) {
  using namespace expr::detail;
  if constexpr (is_held_leaf<E>) {
    return typename cursors<S>::template variable<std::remove_cvref_t<decltype(e.owner)>,
                                                  typename E::value_type, 0, false>{};
  } else if constexpr (is_leaf<E>) {
    address<S> place;
    auto const& source = e.source;
    std::int64_t const first =
        place_axes<S, Map>(place, c.axis, [&](int a) { return source.stride(a); });
    return typename cursors<S>::template leaf<typename E::value_type,
                                              leaf_lanes<typename E::view_type, S, Map, Epoch>()>{
        source.data() + first, place};
  } else if constexpr (is_scalar<E>) {
    return typename cursors<S>::template scalar<typename E::value_type>{e.value};
  } else if constexpr (is_map<E>) {
    return apply(
        [&](auto const&... operand) {
          return
              typename cursors<S>::template map<typename E::rule_type,
                                                decltype(lower(operand, aligned(c, operand)))...>{
                  e.rule, lower(operand, aligned(c, operand))...};
        },
        e.operands);
  } else if constexpr (is_reduce<E>) {
    return lower_reduce(e, c);
  } else if constexpr (is_scan<E>) {
    auto const& operand = get<0>(e.operands);
    auto child = lower(operand, aligned(c, operand));
    return typename cursors<S>::template scan<typename E::rule_type, decltype(child)>{
        child, operand.extents()[E::axis] == 1};
  } else if constexpr (is_view_node<E>) {
    return lower_view(e, c);
  } else if constexpr (is_variable<E>) {
    return lower_variable(e, c);
  } else if constexpr (is_let<E>) {
    return lower_let(e, c);
  } else if constexpr (is_gather<E>) {
    return lower_gather(e, c);
  } else if constexpr (is_pad<E>) {
    return lower_pad(e, c);
  } else if constexpr (is_generate<E>) {
    address<S> place;
    std::int64_t const first =
        place_axes<S, Map>(place, c.axis, [&](int a) { return row_major::stride(e.extents(), a); });
    constexpr lanes_are lanes = leaf_lanes<numbers<typename E::dims_type>, S, Map, Epoch>();
    return
        typename cursors<S>::template generate<typename E::rule_type, lanes>{e.rule, first, place};
  } else if constexpr (is_outputs<E>) {
    return apply(
        [&](auto const&... output) {
          return typename cursors<S>::template outputs<decltype(lower_output<S>(output, c))...>{
              {{{lower_output<S>(output, c)}...}}};
        },
        e.operands);
  } else {
    static_assert(is_leaf<E>, "[DS-LOWER-NODE] a node that no executor knows.");
  }
}

}  // namespace deepseek::plan
