// SPDX-License-Identifier: Apache-2.0
/// @file pad: x with a border of one value.
#pragma once
#include <deepseek/base/convert.hpp>
#include <deepseek/expr/indexed.hpp>
#include <deepseek/ops/detail/view_verb.hpp>

namespace deepseek {

/// pad_width: how many elements come before and after an axis.
struct pad_width {
  std::int64_t before = 0;
  std::int64_t after = 0;
};

namespace why {
template <bool Holds, class... Facts> struct padded_axes {
  static_assert(
      Holds,
      "[DS-PAD-RANK] pad(x, {{before, after}, ...}, value): not one width for each axis; "
      "the counts are in rank_of<first, rank of x> and rank_of<second, widths>. Fix: {0, 0} "
      "for an axis that stays, or pad(x, axes<a...>, ...).");
};
}  // namespace why

namespace detail {
template <class D, int... A> struct padded_pattern {
  static constexpr unsigned wider = axes_mask<D::rank, A...>;
  static constexpr std::int64_t extent(int k) {
    return (wider >> k) & 1u ? dyn : D::static_extent(k);
  }
};
template <class D> [[noreturn]] DEEPSEEK_NOINLINE void fail_pad(pad_width w, int axis, D const& d) {
  throw shape_error(text{} << "[DS-PAD-WIDTH] pad: {" << w.before << ", " << w.after
                           << "} around axis " << axis << " of " << d
                           << "; a width is below 0, or the result too long. Fix: slice(x, "
                              "axes<a>, range{...}) to cut.");
}

/// padded<A...>(x, widths, value): width k is that of axis A[k], counted from the first.
template <int... A, class X, class V>
constexpr auto padded(X&& x, pad_width const* width, V value) {
  using D = shape_of<X>;
  using T = typename std::remove_cvref_t<X>::value_type;
  D const& d = x.extents();
  std::int64_t before[max_rank] = {};
  std::int64_t extent[max_rank] = {};
  for (int a = 0; a < D::rank; ++a) extent[a] = d[a];
  int k = 0;
  for (int a : {A...}) {
    pad_width const w = width[k++];
    if (w.before < 0 || w.after < 0 || __builtin_add_overflow(extent[a], w.before, &extent[a]) ||
        __builtin_add_overflow(extent[a], w.after, &extent[a]))
      fail_pad(w, a, d);
    before[a] = w.before;
  }
  auto const node = as_expression(static_cast<X&&>(x));
  using Dims = pattern_dims<padded_pattern<D, A...>, D::rank>;
  auto const fill = static_cast<compute_t<T>>(deepseek::convert<T>(value));
  return expr::pad_node<Dims, std::remove_cvref_t<decltype(node)>>{Dims::from_array(extent), before,
                                                                   fill, node};
}
}  // namespace detail

/// pad(x, {{before, after}, ...}, value): x with a border of one value, a width for each axis.
///
///   pad(x, {{1, 1}, {0, 2}}, 0.f)          pad(x, axes<-1>, {{1, 1}}, 0.f)
///   y[i, ...] = x[i - before, ...] where that exists, else value
///
/// @shape   x: [n, ...], rank >= 1 -> [before + n + after, ...]; axes that are not named keep static
///          extents
/// @dtype   any, unchanged; value is converted to it
/// @cost    fuses; nothing is read for the border. An x that reduces or scans is evaluated first
/// @life    views an lvalue tensor, owns an rvalue one
/// @fails   [DS-PAD-RANK], [DS-AXES-RANGE] static · shape_error [DS-PAD-WIDTH] a width below 0
template <operand X, std::size_t Count, expr::number V>
constexpr auto pad(X&& x, pad_width const (&width)[Count], V value) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    constexpr int rank = detail::shape_of<X>::rank;
    constexpr bool holds = rank == int(Count);
    (void)sizeof(why::padded_axes<holds, why::rank_of<why::first, rank>,
                                  why::rank_of<why::second, int(Count)>>);
    if constexpr (!holds) {
      return why::invalid{};
    } else {
      return [&]<int... I>(std::integer_sequence<int, I...>) {
        return detail::padded<I...>(static_cast<X&&>(x), width, value);
      }
      (std::make_integer_sequence<int, rank>{});
    }
  }
}
template <operand X, int... A, expr::number V>
requires(sizeof...(A) > 0) constexpr auto pad(X&& x, axes_t<A...>,
                                              pad_width const (&width)[sizeof...(A)], V value) {
  if constexpr (!valid<X>) {
    return why::invalid{};
  } else {
    constexpr int rank = detail::shape_of<X>::rank;
    if constexpr (!axes_conformable<rank, A...>) return detail::wrong_axes<rank, A...>();
    else return detail::padded<detail::counted_axis(A, rank)...>(static_cast<X&&>(x), width, value);
  }
}

}  // namespace deepseek
