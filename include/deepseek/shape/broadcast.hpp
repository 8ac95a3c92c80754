// SPDX-License-Identifier: Apache-2.0
/// @file NumPy's broadcasting rule, for extents known when compiling and when running.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <utility>

#include <deepseek/shape/dims.hpp>

namespace deepseek {

namespace detail {
/// no_common_extent: what broadcast_extent gives when two extents cannot meet.
inline constexpr std::int64_t no_common_extent = -2;

/// The common extent of two axes: equal, or one of them 1. A dynamic one may still be 1 or equal.
constexpr std::int64_t broadcast_extent(std::int64_t a, std::int64_t b) {
  if (a == b) return a;
  if (a == 1) return b;
  if (b == 1) return a;
  if (a == dyn) return b;
  if (b == dyn) return a;
  return no_common_extent;
}

/// The same extent, or one that is known only when running.
constexpr bool may_be_equal(std::int64_t a, std::int64_t b) {
  return a == b || a == dyn || b == dyn;
}

/// Extent of `axis` (counted in an aligned rank) of dims D, 1 where D has no such axis.
template <class D> constexpr std::int64_t aligned_extent(int axis, int rank) {
  int const own = axis - (rank - D::rank);
  return own < 0 ? 1 : D::static_extent(own);
}
constexpr int max_of(std::initializer_list<int> values) {
  int m = 0;
  for (int v : values) m = v > m ? v : m;
  return m;
}

template <int Rank, class... D> constexpr std::int64_t common_static_extent(int axis) {
  std::int64_t common = 1;
  for (std::int64_t extent : {aligned_extent<D>(axis, Rank)...})
    common = common == no_common_extent ? common : broadcast_extent(common, extent);
  return common;
}

template <int Rank, class... D> constexpr bool statically_broadcastable() {
  for (int axis = 0; axis < Rank; ++axis)
    if (common_static_extent<Rank, D...>(axis) == no_common_extent) return false;
  return true;
}

template <class D, class To> constexpr bool stretches_statically() {
  for (int axis = 0; axis < To::rank; ++axis) {
    std::int64_t const extent = aligned_extent<D>(axis, To::rank);
    if (extent != 1 && !may_be_equal(extent, To::static_extent(axis))) return false;
  }
  return true;
}

template <class Axes, class... D> struct broadcast_dims_of;
template <int... Axis, class... D>
struct broadcast_dims_of<std::integer_sequence<int, Axis...>, D...> {
  using type = dims<common_static_extent<sizeof...(Axis), D...>(Axis)...>;
};

template <class... D> [[noreturn]] DEEPSEEK_NOINLINE void fail_broadcast(D const&... d) {
  text shapes;
  bool first = true;
  ((shapes << (first ? "" : " and ") << d, first = false), ...);
  throw shape_error(text{} << "[DS-BROADCAST-EXTENTS] operands of shape " << shapes
                           << " do not broadcast: extents of an axis must be equal or 1. Fix: "
                              "reshape, expand or slice one of them.");
}
}  // namespace detail

/// broadcast_rank<D...>: the rank of the result.
template <class... D> inline constexpr int broadcast_rank = detail::max_of({D::rank...});

/// broadcast_conformable<D...>: no two static extents of an axis differ unless one of them is 1.
template <class... D>
concept broadcast_conformable = detail::statically_broadcastable<broadcast_rank<D...>, D...>();

/// broadcast_conformable_to<D, To>: D broadcasts to the very extents To, as far as types know.
template <class D, class To>
concept broadcast_conformable_to = D::rank <= To::rank&& detail::stretches_statically<D, To>();

/// broadcast_dims_t<D...>: the static pattern of the result; axes align at the last one.
template <class... D>
using broadcast_dims_t =
    typename detail::broadcast_dims_of<std::make_integer_sequence<int, broadcast_rank<D...>>,
                                       D...>::type;

/// broadcast(d...): the result's extents; an extent 1 stretches, as NumPy does it.
///
/// @fails shape_error [DS-BROADCAST-EXTENTS] two extents of an axis differ and neither is 1
template <class... D>
requires broadcast_conformable<D...>
constexpr broadcast_dims_t<D...> broadcast(D const&... d) {
  constexpr int rank = broadcast_rank<D...>;
  std::int64_t extent[rank == 0 ? 1 : rank] = {};
  for (int axis = 0; axis < rank; ++axis) {
    std::int64_t common = 1;
    bool agree = true;
    auto meet = [&](auto const& operand) {
      int const own = axis - (rank - operand.rank);
      std::int64_t const e = own < 0 ? 1 : operand[own];
      if (common == 1) common = e;
      else if (e != 1 && e != common) agree = false;
    };
    (meet(d), ...);
    if (!agree) detail::fail_broadcast(d...);
    extent[axis] = common;
  }
  return broadcast_dims_t<D...>::from_array(extent);
}

}  // namespace deepseek
