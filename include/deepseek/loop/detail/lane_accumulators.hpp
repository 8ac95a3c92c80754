// SPDX-License-Identifier: Apache-2.0
/// @file lane_accumulators: what one pass accumulates over a run of lanes.
#pragma once
#include <cstdint>
#include <utility>

#include <deepseek/base/arguments.hpp>
#include <deepseek/loop/detail/row_walk.hpp>

namespace deepseek::loop {

/// lane_accumulators<S, Root, Plain, Pass>: several accumulators that take turns, joined in the end.
///
/// Several of them hide the latency of a short step; a long one hides it by itself.
template <class S, class Root, bool Plain, int Pass> class lane_accumulators {
  static constexpr int lanes = S::lanes;
  static constexpr typename Root::no_values no_values{};

 public:
  static constexpr int count = Plain && Root::template step_flops<Pass> <= 8 ? 4 : 1;

  DEEPSEEK_INLINE lane_accumulators() : of_{started(each{})} {}

  /// Vectors from at.lane to `end`. Pieces of a run give the bits of the whole one if each but the last
  /// is a multiple of `count` vectors.
  DEEPSEEK_INLINE void add(Root& root, position at, std::int64_t end) {
    if constexpr (count > 1) {
      for (; at.lane + count * lanes <= end; at.lane += count * lanes, at.slot += count)
        step_each(root, at, each{});
    }
    each_vector<S, Plain>(end, at, [&](position q, auto tail) DEEPSEEK_INLINE_LAMBDA {
      root.template step<Pass>(get<0>(of_), no_values, q, tail);
    });
  }
  /// After the last of them.
  DEEPSEEK_INLINE auto const& joined() {
    join_each(each{});
    return get<0>(of_);
  }

 private:
  using each = std::make_integer_sequence<int, count>;

  // They are members with a name each, not an array: only then do they stay in registers.
  template <int> static DEEPSEEK_INLINE auto started_one() { return Root::template start<Pass>(); }
  template <int... U> static DEEPSEEK_INLINE auto started(std::integer_sequence<int, U...>) {
    return make_arguments(started_one<U>()...);
  }
  template <int... U>
  DEEPSEEK_INLINE void step_each(Root& root, position p, std::integer_sequence<int, U...>) {
    (root.template step<Pass>(get<U>(of_), no_values,
                              position{p.lane + U * lanes, p.row, p.block, p.slot + U},
                              whole_tail<Plain>{}),
     ...);
  }
  template <int... U> DEEPSEEK_INLINE void join_each(std::integer_sequence<int, U...>) {
    ((U == 0 ? void() : Root::template join<Pass>(get<0>(of_), get<U>(of_))), ...);
  }

  decltype(started(each{})) of_;
};

}  // namespace deepseek::loop
