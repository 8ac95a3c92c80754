// SPDX-License-Identifier: Apache-2.0
/// @file wide_accesses: whether a kernel may read and write all operands and results by several
/// neighbours at once.
#pragma once
#include <cstdint>

#include <deepseek/plan/detail/place.hpp>
#include <deepseek/tile/vector_access.hpp>

namespace deepseek::plan::gpu {

/// neighbours_at_once(program, base, place, lanes, width, axis): of an operand with so many lanes: one
/// value for all of them, or `width` neighbours are an access, or several of the widest ones, wherever
/// the axes stand. The same of elements along another axis.
template <class Program, class T>
[[nodiscard]] bool neighbours_at_once(Program const& program, T const* base,
                                      address<typename Program::S> const& place, std::int64_t lanes,
                                      int width, int lane_axis = Program::S::lane_axis) {
  using S = typename Program::S;
  std::int64_t const along = lane_axis < 0 ? 0 : place.stride[lane_axis];
  if (lanes == 1 || along == 0) return true;
  if (along != 1) return false;
  int const whole = width * int{sizeof(T)} > 16 ? 16 / int{sizeof(T)} : width;
  for (int axis = 0; axis < S::axes; ++axis) {
    if (axis == lane_axis || program.extent_of(axis) == 1) continue;
    if (tile::access_elements(base, lanes, place.stride[axis]) < whole) return false;
  }
  return tile::access_elements(base, lanes) >= whole;
}

/// wide_accesses(program, root, lanes, width): every operand and result beneath the root of a bound
/// program, of which the longest has so many lanes. Where they are reduced no access goes over the end of
/// a shorter one.
template <class Program, class Root>
[[nodiscard]] bool wide_accesses(Program const& program, Root& root, std::int64_t lanes,
                                 int width) {
  using S = typename Program::S;
  bool possible = true;
  root.visit([&](auto& c) {
    if constexpr (S::lanes_reduced && requires { c.extents; }) {
      std::int64_t const own = c.extents.of[S::lane_axis];
      possible = possible && (own == 1 || own % width == 0);
    }
    if constexpr (
        requires { c.checked; } || requires { c.axis_stride; })
      possible = false;  // elements that may not exist, or are anywhere
    else if constexpr (requires { c.target; })
      possible = possible &&
                 neighbours_at_once(program, c.target.base, c.target.place, c.lanes(lanes), width);
    else if constexpr (requires { *c.base; })
      possible = possible && neighbours_at_once(program, c.base, c.place, lanes, width);
  });
  return possible;
}

}  // namespace deepseek::plan::gpu
