// SPDX-License-Identifier: Apache-2.0
/// @file row_walk: the extents of a loop nest and the steps along its axes, common to all loops.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>
#include <deepseek/loop/job.hpp>
#include <deepseek/loop/workspace.hpp>
#include <deepseek/shape/dims.hpp>  // dyn

namespace deepseek::loop {

/// each_vector<S, Plain>(end, at, f): f(position, tail) for each vector of lanes from at.lane to `end`.
template <class S, bool Plain, class F>
DEEPSEEK_INLINE void each_vector(std::int64_t end, position at, F&& f) {
  for (; at.lane + S::lanes <= end; at.lane += S::lanes, ++at.slot) f(at, whole_tail<Plain>{});
  if (at.lane < end) f(at, partial_tail<Plain>{{static_cast<int>(end - at.lane)}});
}

/// may_be_from<Root, Least>, may_be_below<Root, End>: rows can have so many elements, as far as types tell.
template <class Root, std::int64_t Least>
inline constexpr bool may_be_from = Root::row_size == dyn || Root::row_size >= Least;
template <class Root, std::int64_t End>
inline constexpr bool may_be_below = Root::row_size == dyn || Root::row_size < End;

/// row_walk<S, Root>: a program (its root cursor and its extents) and how to move in it.
///
/// Axes are of four kinds: outer (not reduced), outer row (reduced), and the lane axis, which is
/// either.
template <class S, class Root> class row_walk {
 public:
  static constexpr int levels = Root::level;
  static constexpr int lanes = S::lanes;

  row_walk(Root const& root, job<S> const& work) : root_{root}, job_{work} {}

  [[nodiscard]] std::int64_t total_elements() const {
    return outer_count() * row_elements() * (S::lanes_reduced ? 1 : lane_extent());
  }

 protected:
  using counts = std::int64_t[S::axes == 0 ? 1 : S::axes];

  static constexpr bool is_outer(int axis) { return !S::in_row(axis) && axis != S::lane_axis; }
  static constexpr bool is_outer_row(int axis) { return S::in_row(axis) && axis != S::lane_axis; }

  [[nodiscard]] std::int64_t outer_count() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < S::axes; ++axis)
      if (is_outer(axis)) n *= job_.extent[axis];
    return n;
  }
  [[nodiscard]] std::int64_t lane_extent() const {
    if constexpr (S::lane_axis < 0) return 1;
    else return S::lanes_reduced ? job_.row.of[S::lane_axis] : job_.extent[S::lane_axis];
  }
  static std::int64_t outer_rows(row_extents<S> const& run) {
    std::int64_t n = 1;
    for (int axis = 0; axis < S::axes; ++axis)
      if (is_outer_row(axis)) n *= run.of[axis];
    return n;
  }
  [[nodiscard]] std::int64_t row_elements() const {
    return outer_rows(job_.row) * (S::lanes_reduced ? lane_extent() : 1);
  }

  /// Sets `at` to position `number` of the outer axes, the last of them running fastest.
  DEEPSEEK_INLINE void place_outer(std::int64_t* at, std::int64_t number) const {
    for (int axis = S::axes - 1; axis >= 0; --axis)
      if (is_outer(axis)) {
        at[axis] = number % job_.extent[axis];
        number /= job_.extent[axis];
      }
  }
  DEEPSEEK_INLINE void next_outer(std::int64_t* at) const {
    for (int axis = S::axes - 1; axis >= 0; --axis)
      if (is_outer(axis)) {
        if (++at[axis] < job_.extent[axis]) return;
        at[axis] = 0;
      }
  }
  /// Sets `at` to position `number` of the outer row axes.
  static DEEPSEEK_INLINE void place_row(std::int64_t* at, row_extents<S> const& run,
                                        std::int64_t number) {
    for (int axis = S::axes - 1; axis >= 0; --axis)
      if (is_outer_row(axis)) {
        at[axis] = number % run.of[axis];
        number /= run.of[axis];
      }
  }
  static DEEPSEEK_INLINE void leave_row(std::int64_t* at) {
    for (int axis = 0; axis < S::axes; ++axis)
      if (is_outer_row(axis)) at[axis] = 0;
  }

  /// Tells the cursors over which extents the next loop runs. The address of the loop's own root goes
  /// nowhere, so that the compiler keeps its members in registers across stores.
  template <bool Plain> void select_run(Root& root, row_extents<S> const& run) const {
    if constexpr (!Plain)
      if (job_.uneven) root = selected(Root{root}, run);
  }
  static DEEPSEEK_OUTLINE Root selected(Root root, row_extents<S> const& run) {
    root.visit([&](auto& cursor) {
      if constexpr (requires { cursor.select_run(run); }) cursor.select_run(run);
    });
    return root;
  }

  /// Memory for the values that a pass keeps for the next one, `vectors` of each; none if that is
  /// more than the caches hold: then they are computed again. Several roots, `count` of them, have parts
  /// of one piece of memory.
  DEEPSEEK_OUTLINE Root with_scratch(Root root, workspace& memory, std::int64_t vectors,
                                     int number = 0, int count = 1) const {
    constexpr std::int64_t most_bytes = std::int64_t{1} << 22;
    std::int64_t const bytes = job_.scratch_bytes_per_vector * vectors;
    if (bytes == 0 || bytes * count > most_bytes) return root;
    auto* next =
        static_cast<char*>(memory.take(workspace::kept_values, bytes * count)) + bytes * number;
    root.visit([&](auto& cursor) {
      if constexpr (requires { cursor.give_scratch(next, vectors); })
        next = cursor.give_scratch(next, vectors);
    });
    return root;
  }

  static constexpr typename Root::no_values no_values{};
  Root const& root_;
  job<S> const& job_;
};

}  // namespace deepseek::loop
