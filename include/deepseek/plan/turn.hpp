// SPDX-License-Identifier: Apache-2.0
/// @file A product whose axes are wanted in another order: its result and all that stands above it are looked
/// at in the product's order, so that they are its epilogue.
#pragma once
#include <cstdint>
#include <utility>

#include <deepseek/plan/fuse.hpp>

namespace deepseek::plan {

/// is_turned_product<E>: a product with its axes in another order.
template <class E> constexpr bool is_turned_product() {
  if constexpr (!expr::detail::is_view_node<E>) {
    return false;
  } else if constexpr (!expr::detail::is_contract<expr::operand_t<E, 0>>) {
    return false;
  } else {
    using Map = typename E::map_type;
    if (E::moved || Map::count != E::rank) return false;
    unsigned found = 0;
    for (int axis = 0; axis < Map::count; ++axis)
      if (Map::of(axis) >= 0) found |= 1u << Map::of(axis);
    return found == all_axes_mask<E::rank>;
  }
}

/// turn_of<E>: the map of the first such product under E, with nothing but rules and reductions of its rank
/// between; void if there is none.
template <class E> constexpr auto turn_of_first();
template <class E, int I = 0> constexpr auto turn_of_operands() {
  if constexpr (I == E::operand_count) {
    return std::type_identity<void>{};
  } else {
    using Operand = expr::operand_t<E, I>;
    constexpr auto found = [] {
      if constexpr (expr::detail::is_outputs<E> || Operand::rank == E::rank)
        return turn_of_first<Operand>();
      else return std::type_identity<void>{};
    }();
    if constexpr (std::is_void_v<typename decltype(found)::type>)
      return turn_of_operands<E, I + 1>();
    else return found;
  }
}
template <class E> constexpr auto turn_of_first() {
  using namespace expr::detail;
  if constexpr (is_turned_product<E>()) return std::type_identity<typename E::map_type>{};
  else if constexpr (is_map<E> || is_reduce<E> || is_store<E> || is_outputs<E>)
    return turn_of_operands<E>();
  else return std::type_identity<void>{};
}
template <class E> using turn_of = typename decltype(turn_of_first<E>())::type;

/// turn_pattern<Map, D>: axes of D, which are the last of those that Map orders, in the product's order.
template <class Map, class D> struct turn_pattern {
  static constexpr int missing = Map::count - D::rank;
  /// The axis of D that axis k of the product is; below 0: none.
  static constexpr int from(int k) { return Map::of(k) - missing; }
  static constexpr int follows(int axis) {
    int k = 0;
    while (from(k) != axis) ++k;
    return k;
  }
  static constexpr std::int64_t extent(int k) {
    return from(k) < 0 ? 1 : D::static_extent(from(k));
  }
};
template <class Pattern, class Sequence> struct turned_dims_of;
template <class Pattern, int... K>
struct turned_dims_of<Pattern, std::integer_sequence<int, K...>> {
  using type = dims<Pattern::extent(K)...>;
};
template <class Pattern, class Sequence> struct turned_axes_of;
template <class Pattern, int... A>
struct turned_axes_of<Pattern, std::integer_sequence<int, A...>> {
  using type = axis_map<Pattern::follows(A)...>;
};

/// turned_extents<Map>(d), turned_view<Map>(v): in the product's order.
template <class Map, class D> constexpr auto turned_extents(D const& d) {
  using Pattern = turn_pattern<Map, D>;
  using Dims = typename turned_dims_of<Pattern, std::make_integer_sequence<int, Map::count>>::type;
  std::int64_t extent[max_rank] = {};
  for (int k = 0; k < Map::count; ++k) extent[k] = Pattern::from(k) < 0 ? 1 : d[Pattern::from(k)];
  return Dims::from_array(extent);
}
template <class Map, class View> constexpr auto turned_view(View const& v) {
  strided<Map::count> layout{};
  for (int k = 0; k < Map::count; ++k) layout.value[k] = v.stride(Map::of(k));
  auto const extents = turned_extents<Map>(v.extents());
  using Dims = std::remove_cvref_t<decltype(extents)>;
  return view<typename View::element_type, Dims, strided<Map::count>>{v.data(), extents, layout,
                                                                      v.space()};
}

/// turned_operand<Map>(e): what holds no product of that order, by a view.
template <class Map, class E> constexpr auto turned_operand(E const& e) {
  if constexpr (E::rank == 0) {
    return e;
  } else {
    using Pattern = turn_pattern<Map, typename E::dims_type>;
    using Follow = typename turned_axes_of<Pattern, std::make_integer_sequence<int, E::rank>>::type;
    expr::progression const axes[max_rank] = {};
    return expr::make_view<Follow, false>(e, turned_extents<Map>(e.extents()), axes);
  }
}

/// turned<Map>(e): e with its axes in the product's order; a root writes the same elements.
template <class Map, class E> constexpr auto turned(E const& e) {
  using namespace expr::detail;
  constexpr bool holds = !std::is_void_v<turn_of<E>>;
  if constexpr (is_turned_product<E>()) {
    if constexpr (std::is_same_v<Map, typename E::map_type>) return get<0>(e.operands);
    else return turned_operand<Map>(e);
  } else if constexpr (is_outputs<E>) {
    return apply([&](auto const&... store) { return rebuilt(e, turned<Map>(store)...); },
                 e.operands);
  } else if constexpr (is_store<E>) {
    auto const target = turned_view<Map>(e.target);
    auto const value = turned<Map>(get<0>(e.operands));
    return expr::store_node<std::remove_cvref_t<decltype(target)>,
                            std::remove_cvref_t<decltype(value)>>{target, value};
  } else if constexpr (is_reduce<E> && holds) {
    constexpr unsigned mask = [] {
      unsigned bits = 0;
      for (int k = 0; k < Map::count; ++k) bits |= (E::axes_mask >> Map::of(k) & 1u) << k;
      return bits;
    }();
    auto const operand = turned<Map>(get<0>(e.operands));
    return expr::reduce_node<typename E::rule_type, mask, std::remove_cvref_t<decltype(operand)>>{
        operand};
  } else if constexpr (is_map<E> && holds) {
    return apply([&](auto const&... operand) { return rebuilt(e, turned<Map>(operand)...); },
                 e.operands);
  } else {
    return turned_operand<Map>(e);
  }
}
/// turns<E>: E, an expression or a root, is no epilogue, but in the product's order it is one.
template <class E> constexpr bool turns() {
  if constexpr (is_epilogue<E>() || std::is_void_v<turn_of<E>>) {
    return false;
  } else {
    using Map = turn_of<E>;
    if constexpr (!stores_have_rank<E, Map::count>()) return false;
    else return is_epilogue<decltype(turned<Map>(std::declval<E const&>()))>();
  }
}
/// in_order_of_product(e): that.
template <class E> constexpr auto in_order_of_product(E const& e) { return turned<turn_of<E>>(e); }

}  // namespace deepseek::plan
