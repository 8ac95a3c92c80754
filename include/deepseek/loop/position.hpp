// SPDX-License-Identifier: Apache-2.0
/// @file Where a loop stands, and how many lanes of a vector count.
#pragma once
#include <cstdint>

namespace deepseek::loop {

/// position: the place of one vector of elements in the loop.
struct position {
  std::int64_t lane = 0;  ///< first element along the lane axis
  std::int64_t row = 0;   ///< number along the reduced axes of the element at lane 0
  int block = 0;  ///< number of the vector in the block of lanes, when lanes are not reduced
  std::int64_t slot = 0;  ///< number of the vector in the row (and block), for scratch
};

/// whole: every lane of the vector is an element.
struct whole {};
/// partial: only the first `count` lanes are.
struct partial {
  int count;
};

/// schedule<Lanes, LaneBytes, Axes, RowSet, LaneAxis>: what a loop nest knows when compiling.
///
/// Iteration axes are numbered 0 … Axes - 1. Those in RowSet are reduced: one position of the others
/// is a row. Vectors run along LaneAxis; when it is in RowSet the lanes of a vector are combined.
template <int Lanes, int LaneBytes, int Axes, unsigned RowSet, int LaneAxis> struct schedule {
  static constexpr int lanes = Lanes;
  static constexpr int axes = Axes;
  static constexpr unsigned row_set = RowSet;
  static constexpr int lane_axis = LaneAxis;
  static constexpr bool lanes_reduced = LaneAxis >= 0 && ((RowSet >> LaneAxis) & 1u) != 0;
  using lane_integer = decltype([] {
    if constexpr (LaneBytes == 8) return std::int64_t{};
    else return std::int32_t{};
  }());
  static constexpr bool in_row(int axis) { return ((RowSet >> axis) & 1u) != 0; }
};

/// max_block: vectors in the widest block of lanes (8 KiB of f32 with AVX-512).
inline constexpr int max_block = 128;

}  // namespace deepseek::loop
