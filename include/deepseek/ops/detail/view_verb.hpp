// SPDX-License-Identifier: Apache-2.0
/// @file What the verbs that only move elements share: views of memory stay views, all else is a node.
#pragma once
#include <cstdint>
#include <type_traits>
#include <utility>

#include <deepseek/expr/reduce.hpp>  // why::axes_of_operand
#include <deepseek/expr/view_node.hpp>

namespace deepseek::detail {

using expr::progression;

/// viewable: memory that outlives the call: an lvalue tensor, or a view. A verb gives a view of it,
/// which can be assigned to. An rvalue tensor is no such thing: its verb gives a node that owns it.
template <class X>
concept viewable = (any_tensor<X> && std::is_lvalue_reference_v<X>) ||
                   (view_like<std::remove_cvref_t<X>> && !any_tensor<X>);

/// shape_of<X>: the dims of an operand, before it is a node.
template <class X> using shape_of = typename std::remove_cvref_t<X>::dims_type;

/// memory_element<X>: the element type of viewable memory, const where it may only be read.
template <class X>
using memory_element = std::remove_pointer_t<decltype(std::declval<X&>().data())>;

/// Pattern::extent(k) is the static extent of axis k of a result; Pattern::follows(a) the axis of the
/// result that axis a of the operand follows, or -1.
template <class Pattern, class Sequence> struct pattern_dims_of;
template <class Pattern, int... I>
struct pattern_dims_of<Pattern, std::integer_sequence<int, I...>> {
  using type = dims<Pattern::extent(I)...>;
};
template <class Pattern, int Rank>
using pattern_dims = typename pattern_dims_of<Pattern, std::make_integer_sequence<int, Rank>>::type;
template <class Pattern, class Sequence> struct pattern_map_of;
template <class Pattern, int... I>
struct pattern_map_of<Pattern, std::integer_sequence<int, I...>> {
  using type = expr::axis_map<Pattern::follows(I)...>;
};
template <class Pattern, int Rank>
using pattern_map = typename pattern_map_of<Pattern, std::make_integer_sequence<int, Rank>>::type;

/// moved_view<Map, Moved>(x, extents, axes): y[i...] = x[start_a + step_a * i[Map(a)]...].
template <class Map, bool Moved, class X, class Dims>
constexpr auto moved_view(X&& x, Dims const& extents, progression const* axes) {
  if constexpr (viewable<X>) {
    strided<Dims::rank> layout;
    std::int64_t offset = 0;
    for (int a = 0; a < Map::count; ++a) {
      std::int64_t const stride = x.stride(a);
      offset += axes[a].start * stride;
      if (Map::of(a) >= 0) layout.value[Map::of(a)] += axes[a].step * stride;
    }
    return view<memory_element<X>, Dims, strided<Dims::rank>>{x.data() + offset, extents, layout,
                                                              x.space()};
  } else {
    return expr::make_view<Map, Moved>(as_expression(static_cast<X&&>(x)), extents, axes);
  }
}

/// row_major_memory: viewable, and its elements lie one after the other by type.
template <class X>
concept row_major_memory =
    viewable<X> && std::is_same_v<typename std::remove_cvref_t<X>::layout_type, row_major>;

/// same_elements(x, extents): row-major memory under other extents of the same size.
template <row_major_memory X, class Dims> constexpr auto same_elements(X&& x, Dims const& extents) {
  return view<memory_element<X>, Dims>{x.data(), extents, {}, x.space()};
}

/// wrong_axes<Rank, A...>(): the one error of a verb whose axes are not those of an operand.
template <int Rank, int... A> constexpr why::invalid wrong_axes() {
  (void)sizeof(why::axes_of_operand<axes_conformable<Rank, A...>, why::rank_of<why::first, Rank>,
                                    axes_t<A...>>);
  return {};
}

/// counted_axis(axis, rank): the axis, counted from the first.
constexpr int counted_axis(int axis, int rank) { return axis < 0 ? axis + rank : axis; }

}  // namespace deepseek::detail
