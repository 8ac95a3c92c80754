// SPDX-License-Identifier: Apache-2.0
/// @file The rules of calls (expr/call.hpp): what an algorithm is asked for, and what it gives.
#pragma once
#include <cstdint>
#include <utility>

#include <deepseek/expr/call.hpp>

namespace deepseek::detail {

template <class D, int Axis, std::int64_t Extent, class Sequence> struct resized_dims_of;
template <class D, int Axis, std::int64_t Extent, int... I>
struct resized_dims_of<D, Axis, Extent, std::integer_sequence<int, I...>> {
  using type = dims<(I == Axis ? Extent : D::static_extent(I))...>;
};
/// resized_dims_t<D, Axis, Extent>: D with another extent along Axis.
template <class D, int Axis, std::int64_t Extent>
using resized_dims_t =
    typename resized_dims_of<D, Axis, Extent, std::make_integer_sequence<int, D::rank>>::type;

template <int Axis, std::int64_t Extent, class D>
constexpr resized_dims_t<D, Axis, Extent> resized(D const& d, std::int64_t extent) {
  std::int64_t of[max_rank] = {};
  for (int axis = 0; axis < D::rank; ++axis) of[axis] = axis == Axis ? extent : d[axis];
  return resized_dims_t<D, Axis, Extent>::from_array(of);
}

}  // namespace deepseek::detail

namespace deepseek::rules {

/// top_k<Axis, K>: the k first along Axis and their places; K is k or dyn.
template <int Axis, std::int64_t K> struct top_k {
  static constexpr char const* name = "top_k";
  static constexpr int axis = Axis;
  std::int64_t k;
  bool largest;
  bool sorted;

  template <class X> constexpr auto results(X const& x) const {
    auto const extents = detail::resized<Axis, K>(x.extents(), k);
    using Dims = std::remove_cvref_t<decltype(extents)>;
    return make_arguments(expr::call_result<typename X::value_type, Dims>{extents},
                          expr::call_result<std::int64_t, Dims>{extents});
  }
};

/// sorted: what is wanted of a sort: values, places, or both in this order.
enum class sorted : unsigned char { values, places, both };

/// sort<Axis, Wanted>: the elements along Axis in order, or the places they were at.
template <int Axis, sorted Wanted> struct sort {
  static constexpr char const* name = Wanted == sorted::places ? "argsort" : "sort";
  static constexpr int axis = Axis;
  static constexpr sorted wanted = Wanted;
  bool descending;

  template <class X> constexpr auto results(X const& x) const {
    using Dims = typename X::dims_type;
    expr::call_result<typename X::value_type, Dims> const values{x.extents()};
    expr::call_result<std::int64_t, Dims> const places{x.extents()};
    if constexpr (Wanted == sorted::both) return make_arguments(values, places);
    else if constexpr (Wanted == sorted::values) return make_arguments(values);
    else return make_arguments(places);
  }
};

/// histogram<BinOf, Bins>: how many elements belong to each bin; Bins is their number or dyn.
template <class BinOf, std::int64_t Bins> struct histogram {
  static constexpr char const* name = "histogram";
  std::int64_t bins;
  BinOf bin_of;

  template <class X> constexpr auto results(X const&) const {
    using Dims = dims<Bins>;
    return make_arguments(expr::call_result<std::int64_t, Dims>{Dims::from_array(&bins)});
  }
};

/// scatter_add<Axis>: x with slices of source added to those along Axis that the indices name.
template <int Axis> struct scatter_add {
  static constexpr char const* name = "scatter_add";
  static constexpr int axis = Axis;

  template <class X, class Index, class Source>
  constexpr auto results(X const& x, Index const&, Source const&) const {
    return make_arguments(
        expr::call_result<typename X::value_type, typename X::dims_type>{x.extents()});
  }
};

/// segment<Reduce>: slices of x along its first axis, joined from each offset to the next.
template <class Reduce> struct segment {
  static constexpr char const* name = Reduce::name;

  template <class X, class Offsets>
  constexpr auto results(X const& x, Offsets const& offsets) const {
    constexpr std::int64_t n = Offsets::dims_type::static_extent(0);
    auto const extents =
        detail::resized<0, (n == dyn ? dyn : n - 1)>(x.extents(), offsets.extents()[0] - 1);
    using Y = typename Reduce::template value<typename X::value_type>;
    return make_arguments(expr::call_result<Y, std::remove_cvref_t<decltype(extents)>>{extents});
  }
};

}  // namespace deepseek::rules
