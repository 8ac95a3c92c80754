// SPDX-License-Identifier: Apache-2.0
/// @file How far a loop runs along each reduced axis.
#pragma once
#include <cstdint>

#include <deepseek/loop/position.hpp>

namespace deepseek::loop {

/// row_extents<S>: how far a reduction runs along each axis of the row set.
template <class S> struct row_extents {
  std::int64_t of[S::axes == 0 ? 1 : S::axes] = {};
  /// covers(run): every index that a loop over `run` uses exists.
  [[nodiscard]] bool covers(row_extents const& run) const {
    for (int axis = 0; axis < S::axes; ++axis)
      if (S::in_row(axis) && of[axis] != 1 && of[axis] < run.of[axis]) return false;
    return true;
  }
  friend bool operator==(row_extents const& a, row_extents const& b) {
    for (int axis = 0; axis < S::axes; ++axis)
      if (S::in_row(axis) && a.of[axis] != b.of[axis]) return false;
    return true;
  }
};

/// max_passes, max_runs: of a program. A run is a loop over one set of extents; most passes are one.
inline constexpr int max_passes = 16;
inline constexpr int max_runs = 8;

/// run_list<S>: the different extents that a pass runs over.
template <class S> struct run_list {
  row_extents<S> of[max_runs];
  int count = 0;
  /// add(run): false when there is no room.
  bool add(row_extents<S> const& run) {
    for (int r = 0; r < count; ++r)
      if (of[r] == run) return true;
    if (count == max_runs) return false;
    of[count++] = run;
    return true;
  }
};

}  // namespace deepseek::loop
