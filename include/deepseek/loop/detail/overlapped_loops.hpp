// SPDX-License-Identifier: Apache-2.0
/// @file overlapped_loops: a row is written while the next one is computed.
///
/// The last pass of a row mostly waits for the memory it writes to; the last but one computes and reads. In
/// turn, each leaves idle what the other needs. So they alternate by pieces of a row: a piece of this
/// row is accumulated, then the same piece of the row before is written.
#pragma once
#include <cstdint>

#include <deepseek/arch/cpu/pack_stream.hpp>  // stream_fence
#include <deepseek/loop/detail/lane_accumulators.hpp>
#include <deepseek/loop/detail/row_walk.hpp>
#include <deepseek/loop/thread_pool.hpp>  // work_range

namespace deepseek::loop {

/// overlapped_loops<S, Root>: rows one at a time, for programs of two reductions or more, one of which
/// needs the other. The bits are those of rows one after the other.
template <class S, class Root> class overlapped_loops : row_walk<S, Root> {
  using walk = row_walk<S, Root>;
  using walk::lanes;
  using walk::levels;
  using walk::no_values;

  static constexpr std::int64_t least_elements = 2048;
  static constexpr std::int64_t piece = 256;

 public:
  /// possible: the program has a pass that reads while another one could write.
  static constexpr bool possible =
      S::lanes_reduced && levels >= 2 && !Root::has_scan && may_be_from<Root, least_elements>;

  using walk::walk;

  [[nodiscard]] bool worthwhile() const {
    return this->job_.plain && this->outer_rows(this->job_.row) == 1 &&
           this->lane_extent() >= least_elements;
  }

  /// Walks the rows of `range`. The two roots have scratch memory of their own.
  DEEPSEEK_OUTLINE void walk_rows(Root const& one, Root const& other, work_range range) const {
    Root reading = one;
    Root writing = other;
    std::int64_t const end = this->job_.row.of[S::lane_axis];
    typename walk::counts at = {};
    this->place_outer(at, range.begin);
    for (std::int64_t row = range.begin; row <= range.end; ++row) {
      bool const reads = row < range.end;
      bool const writes = row > range.begin;
      if (reads) {
        reading.seek(at);
        reading.seek_targets(at);
        this->next_outer(at);
        passes_before<1>(reading, end);
      }
      lane_accumulators<S, Root, true, levels> sums;
      for (std::int64_t lane = 0; lane < end; lane += piece) {
        std::int64_t const stop = lane + piece < end ? lane + piece : end;
        position const from{lane, 0, 0, lane / lanes};
        if (reads) sums.add(reading, from, stop);
        if (writes)
          each_vector<S, true>(stop, from, [&](position p, auto tail) DEEPSEEK_INLINE_LAMBDA {
            writing.template emit<levels + 1>(no_values, p, tail);
          });
      }
      if (reads) finish<levels>(reading, sums);
      Root const next = writing;
      writing = reading;
      reading = next;
    }
    if (this->job_.streaming) arch::stream_fence();
  }

 private:
  template <int Pass> DEEPSEEK_INLINE void passes_before(Root& root, std::int64_t end) const {
    root.template begin<Pass>(no_values);
    if constexpr (Pass < levels) {
      lane_accumulators<S, Root, true, Pass> sums;
      sums.add(root, position{}, end);
      finish<Pass>(root, sums);
      if constexpr (Pass + 1 < levels) passes_before<Pass + 1>(root, end);
    }
  }
  template <int Pass, class Accumulators>
  static DEEPSEEK_INLINE void finish(Root& root, Accumulators& sums) {
    auto const& sum = sums.joined();
    root.template finish<Pass>(
        [&](int) DEEPSEEK_INLINE_LAMBDA -> auto const& { return sum; }, 1);
    root.template begin<Pass + 1>(no_values);
  }
};

}  // namespace deepseek::loop
