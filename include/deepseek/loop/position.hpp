// SPDX-License-Identifier: Apache-2.0
/// @file Where a loop stands, and how many lanes of a vector count.
#pragma once
#include <cstdint>
#include <type_traits>

namespace deepseek::loop {

/// position: the place of one vector of elements in the loop.
struct position {
  std::int64_t lane = 0;  ///< first element along the lane axis
  std::int64_t row = 0;   ///< number along the reduced axes of the element at lane 0
  /// Number of the vector in the block of lanes; where lanes are reduced, of the row in the block.
  int block = 0;
  std::int64_t slot = 0;  ///< number of the vector among all of the block, for scratch
};

/// whole: every lane of the vector is an element.
struct whole {
  static constexpr bool plain = false;
};
/// partial: only the first `count` lanes are.
struct partial {
  static constexpr bool plain = false;
  int count;
};
/// The same in a plain loop: all that changes along the lanes is contiguous in memory, and everything
/// exists wherever the loop goes.
struct plain_whole : whole {
  static constexpr bool plain = true;
};
struct plain_partial : partial {
  static constexpr bool plain = true;
};
template <bool Plain> using whole_tail = std::conditional_t<Plain, plain_whole, whole>;
template <bool Plain> using partial_tail = std::conditional_t<Plain, plain_partial, partial>;
/// is_partial<Tail>: one of the two.
template <class Tail> inline constexpr bool is_partial = std::is_base_of_v<partial, Tail>;

/// across_rows: lane r of the vector belongs to row r of the block: what is one value per row.
struct across_rows {
  static constexpr bool plain = true;
};

/// flat<Rows>: lanes run over the elements of a block of dense rows, one row after the other; the
/// vector is whole, and Rows (a pack of numbers) says to which row of the block each lane belongs.
template <class Rows> struct flat : plain_whole { Rows row_of_lane; };
template <class Tail> inline constexpr bool is_flat = false;
template <class Rows> inline constexpr bool is_flat<flat<Rows>> = true;
/// flat_rows: the rows of such a block, each of `length` elements.
struct flat_rows {
  int length;
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
