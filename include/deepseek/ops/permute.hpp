// SPDX-License-Identifier: Apache-2.0
/// @file permute and transpose: the axes in another order.
#pragma once
#include <deepseek/ops/detail/view_verb.hpp>

namespace deepseek {

/// permutes<Rank, A...>: A names each of Rank axes once.
template <int Rank, int... A>
concept permutes = sizeof...(A) == Rank&& axes_conformable<Rank, A...>;

namespace why {
template <bool Holds, class... Facts> struct permute_names_each_axis_once {
  static_assert(Holds,
                "[DS-PERMUTE-AXES] permute<axes...>(x): not each axis of x is named once; rank and "
                "axes are in rank_of<operand, rank> and axes_t<axis...>. Fix: name all axes.");
};
template <bool Holds, class... Facts> struct transpose_needs_a_matrix {
  static_assert(
      Holds,
      "[DS-TRANSPOSE-RANK] transpose(x[..., m, n]): x has less than two axes; its rank is "
      "in rank_of<operand, rank>. Fix: unsqueeze it.");
};
}  // namespace why

namespace detail {
template <class D, int... A> struct permuted_pattern {
  static constexpr int from[sizeof...(A) + 1] = {counted_axis(A, D::rank)..., 0};
  static constexpr std::int64_t extent(int k) { return D::static_extent(from[k]); }
  static constexpr int follows(int axis) {
    for (int k = 0; k < D::rank; ++k)
      if (from[k] == axis) return k;
    return -1;
  }
};
}  // namespace detail

/// permute<A...>(x): axis k of the result is axis A[k] of x; permute(x, axes<A...>) is the same.
///
///   y[i_0, ..., i_{r-1}] = x[j...],   j[A[k]] = i_k
///
/// @shape   x: any; A names each axis once, negative ones from the last; static extents stay so
/// @dtype   any, unchanged               @layout any strides
/// @cost    moves nothing; fuses. Of a tensor or a view it is a view, which can be assigned to
/// @life    views an lvalue tensor, owns an rvalue one
/// @fails   [DS-PERMUTE-AXES] static
template <int... A, operand X> constexpr auto permute(X&& x) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    if constexpr (!permutes<D::rank, A...>) {
      (void)sizeof(
          why::permute_names_each_axis_once<permutes<D::rank, A...>,
                                            why::rank_of<why::first, D::rank>, axes_t<A...>>);
      return why::invalid{};
    } else {
      using Pattern = detail::permuted_pattern<D, A...>;
      expr::progression axis[max_rank];
      std::int64_t extent[max_rank] = {};
      for (int k = 0; k < D::rank; ++k) extent[k] = x.extents()[Pattern::from[k]];
      return detail::moved_view<detail::pattern_map<Pattern, D::rank>, false>(
          static_cast<X&&>(x), detail::pattern_dims<Pattern, D::rank>::from_array(extent), axis);
    }
  }
}
template <operand X, int... A> constexpr auto permute(X&& x, axes_t<A...>) {
  return permute<A...>(static_cast<X&&>(x));
}

namespace detail {
template <int... I, class X> constexpr auto transposed(X&& x, std::integer_sequence<int, I...>) {
  constexpr int last_axis = sizeof...(I) - 1;
  return permute<(I == last_axis       ? last_axis - 1
                  : I == last_axis - 1 ? last_axis
                                       : I)...>(static_cast<X&&>(x));
}
}  // namespace detail

/// transpose(x): the last two axes change places.
///
///   y[..., j, i] = x[..., i, j]
///
/// @shape   x: [..., m, n] -> [..., n, m]        @dtype any, unchanged       @layout any strides
/// @cost    as permute                           @life as permute
/// @fails   [DS-TRANSPOSE-RANK] static
template <operand X> constexpr auto transpose(X&& x) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    constexpr int rank = detail::shape_of<X>::rank;
    if constexpr (rank < 2) {
      (void)sizeof(why::transpose_needs_a_matrix<(rank >= 2), why::rank_of<why::first, rank>>);
      return why::invalid{};
    } else {
      return detail::transposed(static_cast<X&&>(x), std::make_integer_sequence<int, rank>{});
    }
  }
}

}  // namespace deepseek
