// SPDX-License-Identifier: Apache-2.0
/// @file job: what a loop nest walks, and into what pieces it is cut.
#pragma once
#include <cstdint>

#include <deepseek/loop/row_extents.hpp>

namespace deepseek::loop {

/// job<S>: the extents of a program, after axes that can be walked as one were merged.
template <class S> struct job {
  std::int64_t extent[S::axes == 0 ? 1 : S::axes] = {};  ///< of the axes that are not reduced
  row_extents<S> row;                                    ///< the common extents of the reduced ones
  run_list<S> runs[max_passes];                          ///< the loops that pass p consists of
  std::int64_t scratch_bytes_per_vector = 0;  ///< what kept values take; 0: none are kept
  bool streaming = false;                     ///< results are written past the caches
  bool uneven = false;                        ///< the runs are not all over the same extents
  bool plain = false;                         ///< see plain_whole in position.hpp
  bool dense = false;  ///< plain, and rows lie one after the other in all that changes with the row
};

/// chunk_elements: the least piece of work that is worth a thread of its own.
inline constexpr std::int64_t chunk_elements = 32768;
/// Rows from here on are shared by all threads; with few rows, shorter ones are too.
inline constexpr std::int64_t team_row_elements = 262144;
inline constexpr std::int64_t team_row_elements_if_few = 65536;
inline constexpr std::int64_t few_rows = 4;
/// Elements of work below which waking other threads costs more than it saves.
inline constexpr std::int64_t serial_elements = 8192;

}  // namespace deepseek::loop
