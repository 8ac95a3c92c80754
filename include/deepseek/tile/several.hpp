// SPDX-License-Identifier: Apache-2.0
/// @file several: independent values as one, to be reduced or scanned together with one set of barriers.
#pragma once
#include <deepseek/base/config.hpp>

namespace deepseek::tile {

/// several<A, B, …>: one value of each; trivially copyable if they are. get<I>(s) is the I-th.
///
///   auto const all = block_reduce(together(sum, most), join_each{add, larger}, shared.sums);
///   float const mean = get<0>(all) / n;
template <class First, class... Rest> struct several {
  First first;
  several<Rest...> rest;
};
template <class First> struct several<First> { First first; };

template <int I, class First, class... Rest>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr auto const& get(several<First, Rest...> const& s) {
  if constexpr (I == 0) return s.first;
  else return get<I - 1>(s.rest);
}

/// together(a, b, …): a several of them.
template <class First, class... Rest>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr several<First, Rest...> together(
    First const& first, Rest const&... rest) {
  if constexpr (sizeof...(Rest) == 0) return {first};
  else return {first, together(rest...)};
}

/// join_each(f, g, …): the join of two severals that joins their first values by f, the second by g …
template <class First, class... Rest> struct join_each {
  First first;
  join_each<Rest...> rest;

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr explicit join_each(First const& f,
                                                                    Rest const&... others)
      : first{f}, rest{others...} {}
  DEEPSEEK_ANY_SIDE
  template <class... Values>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr several<Values...> operator()(
      several<Values...> const& a, several<Values...> const& b) const {
    return {first(a.first, b.first), rest(a.rest, b.rest)};
  }
};
template <class First> struct join_each<First> {
  First first;

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr explicit join_each(First const& f) : first{f} {}
  DEEPSEEK_ANY_SIDE
  template <class Value>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE constexpr several<Value> operator()(
      several<Value> const& a, several<Value> const& b) const {
    return {first(a.first, b.first)};
  }
};

}  // namespace deepseek::tile
