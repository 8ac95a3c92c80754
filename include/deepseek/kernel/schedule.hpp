// SPDX-License-Identifier: Apache-2.0
/// @file schedule: what a kernel knows of an expression's axes when compiling; and the steps along them.
#pragma once
#include <cstdint>
#include <limits>

#include <deepseek/base/config.hpp>
#include <deepseek/shape/divider.hpp>

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
  static constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

  /// every(): of accesses that are all known to lie within the lanes: what asks is left out when compiling.
  static DEEPSEEK_HOST_DEVICE constexpr lane_range every() { return {most, most}; }
  /// has(lane, n): so many from `lane` on.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool has(std::int64_t lane, int n = 1) const {
    return lane + n <= end;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE lane_range none() const { return {0, all}; }
};

/// axes_walk<S>: extents of the axes that a kernel's blocks and threads are spread over.
template <class S> class axes_walk {
 public:
  static constexpr int places = S::axes == 0 ? 1 : S::axes;

  axes_walk() {
    for (auto& n : extent_) n = 1;
  }
  /// set(axis, n): of that extent; 1 of axes that are not walked.
  void set(int axis, std::int64_t n) {
    extent_[axis] = n;
    if (n > 1) by_[axis] = divider{n};
    outermost_ = S::axes;
    for (int a = S::axes - 1; a >= 0; --a)
      if (extent_[a] != 1) outermost_ = a;
    constexpr std::int64_t wide_from = std::int64_t{1} << 31;
    narrow_ = count() < wide_from;
  }
  [[nodiscard]] std::int64_t extent(int axis) const { return extent_[axis]; }
  [[nodiscard]] std::int64_t count() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < S::axes; ++axis) n *= extent_[axis];
    return n;
  }
  /// Position `number`, the last axis running fastest; axes of extent 1 stay as they are.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void place(std::int64_t* at, std::int64_t number) const {
    if (narrow_) place_as<std::uint32_t>(at, static_cast<std::uint32_t>(number));
    else place_as<std::uint64_t>(at, static_cast<std::uint64_t>(number));
  }

 private:
  template <class Index>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void place_as(std::int64_t* at, Index number) const {
    for (int axis = S::axes - 1; axis >= 0; --axis) {
      if (axis == outermost_) {
        at[axis] = static_cast<std::int64_t>(number);  // nothing beyond: there is no division
      } else if (extent_[axis] != 1) {
        Index const rest = by_[axis].quotient(number);
        at[axis] = static_cast<std::int64_t>(number - rest * static_cast<Index>(extent_[axis]));
        number = rest;
      }
    }
  }

  std::int64_t extent_[places];
  divider by_[places];
  int outermost_ = S::axes;  ///< of the axes that are walked
  bool narrow_ = true;       ///< positions fit in 31 bits
};

/// lane_walk<S>: all positions are along the lane axis.
template <class S> struct lane_walk {
  static constexpr int places = axes_walk<S>::places;
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void place(std::int64_t* at, std::int64_t number) const {
    if constexpr (S::lane_axis >= 0) at[S::lane_axis] = number;
  }
};

}  // namespace deepseek::kernel
