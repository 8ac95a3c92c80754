// SPDX-License-Identifier: Apache-2.0
/// @file take, gather and embedding: elements chosen by a tensor of indices.
#pragma once
#include <deepseek/expr/indexed.hpp>
#include <deepseek/expr/map.hpp>  // why::extents_fact
#include <deepseek/ops/detail/view_verb.hpp>

namespace deepseek {

/// take_indices<V>: a dtype that indices may have.
template <class V>
concept take_indices = integer_element<V> && !std::same_as<V, bool>;

namespace detail {
template <class D, class Index> constexpr bool gathers_statically(int axis) {
  if (D::rank != Index::rank) return false;
  for (int a = 0; a < D::rank; ++a) {
    std::int64_t const n = D::static_extent(a);
    std::int64_t const m = Index::static_extent(a);
    if (a != axis && n != dyn && m != dyn && m > n) return false;
  }
  return true;
}
}  // namespace detail

/// gather_conformable<D, Index, Axis>: the law of gather, as far as types know.
template <class D, class Index, int Axis>
concept gather_conformable = detail::gathers_statically<D, Index>(Axis);

namespace why {
template <class D> struct shape_fact { using dims_type = D; };
template <bool Holds, class... Facts> struct indices_are_integers {
  static_assert(
      Holds,
      "[DS-TAKE-DTYPE] take, gather, embedding: indices are no integers; their dtype is in "
      "dtype_is<...>. Fix: cast<int64_t>(indices).");
};
template <bool Holds, class... Facts> struct taken_rank {
  static_assert(Holds,
                "[DS-TAKE-RANK] take(x, axes<a>, indices): the result, rank of x - 1 + rank of "
                "indices, has more than 8 axes; see rank_of<operand, rank>. Fix: reshape indices.");
};
template <bool Holds, class... Facts> struct gathered_extents {
  static_assert(
      Holds,
      "[DS-GATHER-STATIC] gather(x, axes<a>, indices): indices have not the rank of x, or "
      "reach beyond it along another axis than a; see extents_of<first, x...> and "
      "extents_of<second, indices...>. Fix: take, or slice indices.");
};
template <bool Holds, class... Facts> struct embedding_needs_a_matrix {
  static_assert(
      Holds,
      "[DS-EMBEDDING-RANK] embedding(table[rows, width], tokens): table has not two axes; "
      "its rank is in rank_of<operand, rank>. Fix: take(table, axes<a>, tokens).");
};
}  // namespace why

namespace detail {
/// take: axis a of x becomes the axes of the indices.
template <class D, class Index, int Axis> struct taken_pattern {
  static constexpr int rank = D::rank - 1 + Index::rank;
  static constexpr std::int64_t extent(int k) {
    if (k < Axis) return D::static_extent(k);
    if (k < Axis + Index::rank) return Index::static_extent(k - Axis);
    return D::static_extent(k - Index::rank + 1);
  }
  static constexpr int follows(int axis) {  // axis of x
    return axis == Axis ? -1 : axis < Axis ? axis : axis + Index::rank - 1;
  }
  struct of_indices {
    static constexpr int follows(int axis) { return Axis + axis; }
  };
};
/// gather: every axis of the result is one of the indices.
template <int Axis> struct gathered_pattern {
  static constexpr int follows(int axis) { return axis == Axis ? -1 : axis; }
  struct of_indices {
    static constexpr int follows(int axis) { return axis; }
  };
};
template <int Axis, class Pattern, class Dims, class Source, class Index>
constexpr auto make_gather(Dims const& extents, Source const& source, Index const& index) {
  using SourceMap = pattern_map<Pattern, Source::rank>;
  using IndexMap = pattern_map<typename Pattern::of_indices, Index::rank>;
  return expr::gather_node<Axis, SourceMap, IndexMap, Dims, Source, Index>{extents, source, index};
}
template <class D, class Index>
[[noreturn]] DEEPSEEK_NOINLINE void fail_gather(int axis, D const& d, Index const& index) {
  throw shape_error(text{} << "[DS-GATHER-EXTENTS] gather(x, axes<" << axis << ">, indices): x is "
                           << d << " and indices are " << index
                           << ", which reach beyond x along another axis than " << axis
                           << ". Fix: slice indices, or take.");
}

/// wrong_indices<V>(): the one error of a verb whose indices are no integers.
template <class V> constexpr why::invalid wrong_indices() {
  (void)sizeof(why::indices_are_integers<take_indices<V>, why::dtype_is<V>>);
  return {};
}
}  // namespace detail

/// take(x, axes<a>, indices): whole slices of x, NumPy's take(x, indices, a).
///
///   y[i..., j..., k...] = x[i..., indices[j...], k...]
///
/// @shape   x: [i..., n, k...], indices: [j...] -> [i..., j..., k...]; rank <= 8
/// @dtype   x: any, unchanged; indices: any integer, 0 <= index < n
/// @layout  any strides; fast where the last axis of x is contiguous and not a
/// @cost    one read of each element taken; fuses. x or indices that are no tensors are evaluated
///          first; indices are read once more to check them
/// @life    views lvalue tensors, owns rvalue ones
/// @fails   [DS-TAKE-DTYPE], [DS-TAKE-RANK], [DS-AXES-RANGE] static · shape_error [DS-TAKE-RANGE] when
///          run, before anything is written: an index outside, with its value and position
template <operand X, int A, operand I> constexpr auto take(X&& x, axes_t<A>, I&& indices) {
  if constexpr (!valid<X> || !valid<I>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    using Index = detail::shape_of<I>;
    if constexpr (!axes_conformable<D::rank, A>) {
      return detail::wrong_axes<D::rank, A>();
    } else if constexpr (!take_indices<typename std::remove_cvref_t<I>::value_type>) {
      return detail::wrong_indices<typename std::remove_cvref_t<I>::value_type>();
    } else {
      constexpr int axis = detail::counted_axis(A, D::rank);
      using Pattern = detail::taken_pattern<D, Index, axis>;
      constexpr bool fits = Pattern::rank <= max_rank;
      (void)sizeof(why::taken_rank<fits, why::rank_of<why::first, D::rank>,
                                   why::rank_of<why::second, Index::rank>>);
      if constexpr (!fits) {
        return why::invalid{};
      } else {
        std::int64_t extent[max_rank] = {};
        for (int a = 0; a < D::rank; ++a)
          if (a != axis) extent[Pattern::follows(a)] = x.extents()[a];
        for (int a = 0; a < Index::rank; ++a) extent[axis + a] = indices.extents()[a];
        return detail::make_gather<axis, Pattern>(
            detail::pattern_dims<Pattern, Pattern::rank>::from_array(extent),
            as_expression(static_cast<X&&>(x)), as_expression(static_cast<I&&>(indices)));
      }
    }
  }
}

/// gather(x, axes<a>, indices): one element per index, PyTorch's gather.
///
///   y[i..., j, k...] = x[i..., indices[i..., j, k...], k...]
///
/// @shape   x: [i..., n, k...], indices: [i..., m, k...] -> that of indices, which may be smaller than
///          x along the other axes
/// @dtype   x: any, unchanged; indices: any integer, 0 <= index < n
/// @cost    as take                      @life as take
/// @fails   [DS-TAKE-DTYPE], [DS-GATHER-STATIC], [DS-AXES-RANGE] static · shape_error
///          [DS-GATHER-EXTENTS] now, [DS-TAKE-RANGE] when run
template <operand X, int A, operand I> constexpr auto gather(X&& x, axes_t<A>, I&& indices) {
  if constexpr (!valid<X> || !valid<I>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    using Index = detail::shape_of<I>;
    if constexpr (!axes_conformable<D::rank, A>) {
      return detail::wrong_axes<D::rank, A>();
    } else if constexpr (!take_indices<typename std::remove_cvref_t<I>::value_type>) {
      return detail::wrong_indices<typename std::remove_cvref_t<I>::value_type>();
    } else {
      constexpr int axis = detail::counted_axis(A, D::rank);
      constexpr bool holds = gather_conformable<D, Index, axis>;
      (void)sizeof(why::gathered_extents<holds, why::extents_fact<why::first, why::shape_fact<D>>,
                                         why::extents_fact<why::second, why::shape_fact<Index>>>);
      if constexpr (!holds) {
        return why::invalid{};
      } else {
        for (int a = 0; a < D::rank; ++a)
          if (a != axis && indices.extents()[a] > x.extents()[a])
            detail::fail_gather(axis, x.extents(), indices.extents());
        return detail::make_gather<axis, detail::gathered_pattern<axis>>(
            Index{indices.extents()}, as_expression(static_cast<X&&>(x)),
            as_expression(static_cast<I&&>(indices)));
      }
    }
  }
}

/// embedding(table, tokens): the row of the table for each token.
///
///   y[j..., k] = table[tokens[j...], k]
///
/// @shape   table: [rows, width], tokens: [j...] -> [j..., width]
/// @dtype   table: any, unchanged; tokens: any integer, 0 <= token < rows
/// @cost    as take                      @life as take
/// @fails   [DS-EMBEDDING-RANK] and those of take
template <operand X, operand I> constexpr auto embedding(X&& table, I&& tokens) {
  if constexpr (!valid<X> || !valid<I>) {
    return why::invalid{};
  } else {
    constexpr int rank = detail::shape_of<X>::rank;
    (void)sizeof(why::embedding_needs_a_matrix<rank == 2, why::rank_of<why::first, rank>>);
    if constexpr (rank != 2) return why::invalid{};
    else return take(static_cast<X&&>(table), axes<0>, static_cast<I&&>(tokens));
  }
}

}  // namespace deepseek
