// SPDX-License-Identifier: Apache-2.0
/// @file axes<A...>: names axes in a type, so that the compiler knows what a reduction reduces.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>
#include <deepseek/shape/dims.hpp>

namespace deepseek {

/// axes_t<A...>: the type of axes<A...>; negative counts from the last axis, as in NumPy.
template <int... A> struct axes_t { static constexpr int count = sizeof...(A); };

/// axes<A...>: `sum(x, axes<-1>)`, `sum(x, axes<0, 2>)`, `permute(x, axes<1, 0>)`.
template <int... A> inline constexpr axes_t<A...> axes{};

/// last: the last axis.
inline constexpr axes_t<-1> last{};

/// axes_mask<Rank, A...>: bit k is set when axis k is named.
template <int Rank, int... A>
inline constexpr unsigned axes_mask = (0u | ... | (1u << (A < 0 ? A + Rank : A)));

/// all_axes_mask<Rank>: every axis.
template <int Rank> inline constexpr unsigned all_axes_mask = (1u << Rank) - 1u;

namespace detail {
template <int Rank, int... A> constexpr bool axes_in_range() {
  return ((A >= -Rank && A < Rank) && ...);
}
constexpr int bit_count(unsigned mask) {
  return mask == 0 ? 0 : int(mask & 1u) + bit_count(mask >> 1);
}
constexpr int lowest_bit(unsigned mask) { return (mask & 1u) != 0 ? 0 : 1 + lowest_bit(mask >> 1); }
}  // namespace detail

/// axes_conformable<Rank, A...>: every axis is one of the operand's and none is named twice.
template <int Rank, int... A>
concept axes_conformable =
    detail::axes_in_range<Rank, A...>() && detail::bit_count(axes_mask<Rank, A...>)
== int(sizeof...(A));

}  // namespace deepseek
