// SPDX-License-Identifier: Apache-2.0
/// @file run_rows: walks a program row by row, pass by pass, on all threads.
///
/// A row is one position of the axes that are not reduced. For each row, pass p accumulates what has
/// level p; after the last the results are written. A row is read from memory once: later passes
/// find it in the cache.
#pragma once
#include <deepseek/loop/detail/elementwise_loops.hpp>
#include <deepseek/loop/detail/horizontal_loops.hpp>
#include <deepseek/loop/detail/vertical_loops.hpp>

namespace deepseek::loop {

/// run_rows(root, job, threads): the loop nest of schedule S, on at most so many threads.
template <class S, class Root> void run_rows(Root const& root, job<S> const& work, int threads) {
  if (row_walk<S, Root>{root, work}.total_elements() < serial_elements) threads = 1;
  if constexpr (S::row_set == 0) elementwise_loops<S, Root>{root, work}.run(threads);
  else if constexpr (S::lanes_reduced) horizontal_loops<S, Root>{root, work}.run(threads);
  else vertical_loops<S, Root>{root, work}.run(threads);
}

}  // namespace deepseek::loop
