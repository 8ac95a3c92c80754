// SPDX-License-Identifier: Apache-2.0
/// @file Nodes whose elements depend on an index: gather, pad, and values made from the index.
#pragma once
#include <deepseek/expr/leaf.hpp>
#include <deepseek/expr/view_node.hpp>

namespace deepseek {
namespace expr {

/// gather_node<Axis, SourceMap, IndexMap, Dims, Source, Index, Proved>: y[i...] = x[..., index[i...], ...],
/// where the index stands at Axis of the source, the source's other axes follow SourceMap and the
/// index's axes follow IndexMap. Proved: no index is outside, so that indices need not be in memory, to be
/// looked at before they are used.
template <int Axis, class SourceMap, class IndexMap, class Dims, class Source, class Index,
          bool Proved = false>
struct gather_node : node<typename Source::value_type, Dims, Source, Index> {
  static constexpr int axis = Axis;
  static constexpr bool proved = Proved;
  using source_map = SourceMap;
  using index_map = IndexMap;
  constexpr gather_node(Dims const& extents, Source const& source, Index const& index)
      : gather_node::node{extents, source, index} {}
};

/// pad_node<Dims, Operand>: x inside, one value around it: y[i] = x[i - before] where that exists.
template <class Dims, class Operand>
struct pad_node : node<typename Operand::value_type, Dims, Operand> {
  std::int64_t before[Dims::rank == 0 ? 1 : Dims::rank] = {};
  compute_t<typename Operand::value_type> value;
  constexpr pad_node(Dims const& extents, std::int64_t const* leading,
                     compute_t<typename Operand::value_type> fill, Operand const& operand)
      : pad_node::node{extents, operand}, value{fill} {
    for (int axis = 0; axis < Dims::rank; ++axis) before[axis] = leading[axis];
  }
};

/// generate_node<Rule, Dims>: y[i...] = rule(row-major number of the element).
template <class Rule, class Dims> struct generate_node : node<typename Rule::value_type, Dims> {
  using rule_type = Rule;
  Rule rule;
  constexpr generate_node(Dims const& extents, Rule const& r)
      : generate_node::node{extents}, rule{r} {}
};

namespace detail {
template <class E> inline constexpr bool is_gather = false;
template <int Axis, class SM, class IM, class D, class S, class I, bool P>
inline constexpr bool is_gather<gather_node<Axis, SM, IM, D, S, I, P>> = true;
template <class E> inline constexpr bool is_pad = false;
template <class D, class O> inline constexpr bool is_pad<pad_node<D, O>> = true;
template <class E> inline constexpr bool is_generate = false;
template <class R, class D> inline constexpr bool is_generate<generate_node<R, D>> = true;
}  // namespace detail

}  // namespace expr
}  // namespace deepseek
