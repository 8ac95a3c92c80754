// SPDX-License-Identifier: Apache-2.0
/// @file Views as nodes: slice, permute, squeeze, expand, flip of any expression, without moving data.
#pragma once
#include <deepseek/expr/leaf.hpp>
#include <deepseek/shape/axes.hpp>

namespace deepseek {
namespace expr {

/// axis_map<R...>: for each axis of the operand, the axis of the result it follows, or -1 for none.
template <int... R> struct axis_map {
  static constexpr int count = sizeof...(R);
  static constexpr int of(int axis) {
    constexpr int table[] = {R..., -1};
    return table[axis];
  }
};

/// progression: index `start + step * i` of an operand's axis for index i of the result's.
struct progression {
  std::int64_t start = 0;
  std::int64_t step = 1;
};

/// view_node<Map, Moved, Dims, Operand>: y[i...] = x[start_a + step_a * i[Map(a)]...].
/// Moved says that some axis starts or steps differently from 0, 1.
template <class Map, bool Moved, class Dims, class Operand>
struct view_node : node<typename Operand::value_type, Dims, Operand> {
  using map_type = Map;
  static constexpr bool moved = Moved;
  progression axis[Map::count == 0 ? 1 : Map::count];
  constexpr view_node(Dims const& extents, progression const* axes, Operand const& operand)
      : view_node::node{extents, operand} {
    for (int a = 0; a < Map::count; ++a) axis[a] = axes[a];
  }
};

namespace detail {
template <class E> inline constexpr bool is_view_node = false;
template <class Map, bool Moved, class Dims, class Operand>
inline constexpr bool is_view_node<view_node<Map, Moved, Dims, Operand>> = true;
}  // namespace detail

/// make_view<Map, Moved>(node, extents, axes): a leaf becomes a leaf with other strides, anything
/// else is wrapped.
template <class Map, bool Moved, class Dims, class Node>
constexpr auto make_view(Node const& node, Dims const& extents, progression const* axes) {
  if constexpr (detail::is_leaf<Node>) {
    using Source = typename Node::view_type;
    strided<Dims::rank> layout;
    std::int64_t offset = 0;
    for (int a = 0; a < Map::count; ++a) {
      std::int64_t const stride = node.source.stride(a);
      offset += axes[a].start * stride;
      if (Map::of(a) >= 0) layout.value[Map::of(a)] += axes[a].step * stride;
    }
    using View = view<typename Source::element_type, Dims, strided<Dims::rank>>;
    View const source{node.source.data() + offset, extents, layout, node.source.space()};
    return leaf<View, std::remove_cvref_t<decltype(node.owner)>>{source, node.owner};
  } else {
    return view_node<Map, Moved, Dims, Node>{extents, axes, node};
  }
}

/// reshape_node<Dims, Operand>: the same elements in row-major order under other extents. The operand
/// is evaluated into memory first, unless it is a leaf whose elements lie one after the other.
template <class Dims, class Operand>
struct reshape_node : node<typename Operand::value_type, Dims, Operand> {
  constexpr reshape_node(Dims const& extents, Operand const& operand)
      : reshape_node::node{extents, operand} {}
};

namespace detail {
template <class E> inline constexpr bool is_reshape = false;
template <class Dims, class Operand>
inline constexpr bool is_reshape<reshape_node<Dims, Operand>> = true;
}  // namespace detail

}  // namespace expr
}  // namespace deepseek
