// SPDX-License-Identifier: Apache-2.0
/// @file schedule: what a kernel knows of an expression's axes when compiling; and the steps along them.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek::kernel {

/// schedule<Axes, RowSet, LaneAxis>: iteration axes are numbered 0 … Axes - 1. Those in RowSet are reduced:
/// one position of the others is a row. Threads that are neighbours have neighbours along LaneAxis.
template <int Axes, unsigned RowSet, int LaneAxis> struct schedule {
  static constexpr int axes = Axes;
  static constexpr unsigned row_set = RowSet;
  static constexpr int lane_axis = LaneAxis;
  static constexpr bool lanes_reduced = LaneAxis >= 0 && ((RowSet >> LaneAxis) & 1u) != 0;
  static DEEPSEEK_HOST_DEVICE constexpr bool in_row(int axis) {
    return ((RowSet >> axis) & 1u) != 0;
  }
};

/// element: one of those that a thread holds: which of them, and where it is along the lane axis.
struct element {
  int slot = 0;
  std::int64_t lane = 0;
};

/// lane_range: lanes before `end` are there for who asks; the loop is over those before `all`.
struct lane_range {
  std::int64_t end = 0;
  std::int64_t all = 0;
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE lane_range none() const { return {0, all}; }
};

/// axes_walk<S>: extents of the axes that a kernel's blocks and threads are spread over.
template <class S> struct axes_walk {
  static constexpr int places = S::axes == 0 ? 1 : S::axes;
  std::int64_t extent[places] = {};  ///< 1 of axes that are not walked
  bool narrow = false;               ///< positions fit in 32 bits, of which division is cheaper

  [[nodiscard]] std::int64_t count() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < S::axes; ++axis) n *= extent[axis];
    return n;
  }
  /// Position `number`, the last axis running fastest; axes of extent 1 stay as they are.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void place(std::int64_t* at, std::int64_t number) const {
    if (narrow) place_as<std::uint32_t>(at, static_cast<std::uint32_t>(number));
    else place_as<std::uint64_t>(at, static_cast<std::uint64_t>(number));
  }

 private:
  template <class Index>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void place_as(std::int64_t* at, Index number) const {
    for (int axis = S::axes - 1; axis >= 0; --axis) {
      auto const n = static_cast<Index>(extent[axis]);
      if (n == 1) continue;
      Index const rest = number / n;
      at[axis] = static_cast<std::int64_t>(number - rest * n);
      number = rest;
    }
  }
};

}  // namespace deepseek::kernel
