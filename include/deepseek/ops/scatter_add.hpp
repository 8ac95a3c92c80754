// SPDX-License-Identifier: Apache-2.0
/// @file scatter_add: slices of one tensor added to those of another that indices name.
#pragma once
#include <cstdint>

#include <deepseek/base/error.hpp>
#include <deepseek/expr/map.hpp>  // why::extents_fact
#include <deepseek/ops/call_rules.hpp>
#include <deepseek/ops/reshape.hpp>  // why::shape_holder
#include <deepseek/ops/take.hpp>

namespace deepseek {

namespace detail {
template <class X, class Index, class Source> constexpr bool scatters_statically(int axis) {
  auto const may_be = [](std::int64_t a, std::int64_t b) { return a == b || a == dyn || b == dyn; };
  if (Index::rank != 1 || Source::rank != X::rank) return false;
  for (int a = 0; a < X::rank; ++a) {
    std::int64_t const wanted = a == axis ? Index::static_extent(0) : X::static_extent(a);
    if (!may_be(wanted, Source::static_extent(a))) return false;
  }
  return true;
}
template <class X, class Index, class Source>
[[noreturn]] DEEPSEEK_NOINLINE void fail_scatter(int axis, X const& x, Index const& index,
                                                 Source const& source) {
  throw shape_error(text{} << "[DS-SCATTER-EXTENTS] scatter_add(x, axes<" << axis
                           << ">, indices, source): x is " << x << ", indices are " << index
                           << " and source is " << source
                           << ". Fix: a source of x's extents, but for one slice for each index.");
}
}  // namespace detail

/// scatter_conformable<X, Index, Source, Axis>: the law of scatter_add, as far as types know.
template <class X, class Index, class Source, int Axis>
concept scatter_conformable = detail::scatters_statically<X, Index, Source>(Axis);

namespace why {
template <bool Holds, class... Facts> struct scattered_extents {
  static_assert(Holds,
                "[DS-SCATTER-STATIC] scatter_add(x, axes<a>, indices[j], source): indices have not "
                "one axis, or "
                "source has other extents than x with j for a; see extents_of<first, x...>, "
                "extents_of<second, indices...> and extents_of<third, source...>. Fix: reshape.");
};
template <bool Holds, class... Facts> struct scattered_dtype {
  static_assert(
      Holds,
      "[DS-SCATTER-DTYPE] scatter_add(x, axes<a>, indices, source): source is floating and x holds "
      "integers; dtype_is<...> is that of x, then of source. Fix: cast<T>(source).");
};
}  // namespace why

/// scatter_add(x, axes<a>, indices, source): PyTorch's index_add; the derivative of take.
///
///   y = x;   y[i..., indices[j], k...] += source[i..., j, k...]   for j = 0, 1, … in order
///
/// @shape   x: [i..., n, k...], indices: [j], source: [i..., j, k...] -> x's; indices of more axes: reshape
/// @dtype   x's; indices: any integer, 0 <= index < n; sums in f32 (f64 for f64, integers wrap), rounded once
/// @edge    the same bits on every run and for any number of threads
/// @cost    x and source are read once, y is written once; a kernel of its own, one thread a target, once the
///          indices are sorted
/// @fails   [DS-TAKE-DTYPE], [DS-SCATTER-STATIC], [DS-SCATTER-DTYPE], [DS-AXES-RANGE] static · shape_error
///          [DS-SCATTER-EXTENTS] now, [DS-SCATTER-RANGE] when run, before anything is written: an index
///          outside. A GPU does not check and leaves its slice out
template <operand X, int A, operand I, operand S>
constexpr auto scatter_add(X&& x, axes_t<A>, I&& indices, S&& source) {
  if constexpr (!valid<X> || !valid<I> || !valid<S>) {
    return why::invalid{};
  } else {
    using D = detail::shape_of<X>;
    using Index = detail::shape_of<I>;
    using Source = detail::shape_of<S>;
    using V = typename std::remove_cvref_t<X>::value_type;
    using U = typename std::remove_cvref_t<S>::value_type;
    if constexpr (!axes_conformable<D::rank, A>) {
      return detail::wrong_axes<D::rank, A>();
    } else if constexpr (!take_indices<typename std::remove_cvref_t<I>::value_type>) {
      return detail::wrong_indices<typename std::remove_cvref_t<I>::value_type>();
    } else {
      constexpr int axis = detail::counted_axis(A, D::rank);
      constexpr bool shaped = scatter_conformable<D, Index, Source, axis>;
      constexpr bool typed = floating_element<V> || !floating_element<U>;
      if constexpr (!shaped) {
        (void)sizeof(
            why::scattered_extents<shaped, why::extents_fact<why::first, why::shape_holder<D>>,
                                   why::extents_fact<why::second, why::shape_holder<Index>>,
                                   why::extents_fact<why::third, why::shape_holder<Source>>>);
        return why::invalid{};
      } else if constexpr (!typed) {
        (void)sizeof(why::scattered_dtype<typed, why::dtype_is<V>, why::dtype_is<U>>);
        return why::invalid{};
      } else {
        for (int a = 0; a < D::rank; ++a)
          if (source.extents()[a] != (a == axis ? indices.extents()[0] : x.extents()[a]))
            detail::fail_scatter(axis, x.extents(), indices.extents(), source.extents());
        return get<0>(expr::call(rules::scatter_add<axis>{}, static_cast<X&&>(x),
                                 static_cast<I&&>(indices), static_cast<S&&>(source)));
      }
    }
  }
}

}  // namespace deepseek
