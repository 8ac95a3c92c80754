// SPDX-License-Identifier: Apache-2.0
/// @file bound_program: a lowered root with the extents of its axes, whatever runs it.
#pragma once
#include <cstdint>

#include <deepseek/base/error.hpp>
#include <deepseek/loop/job.hpp>
#include <deepseek/plan/detail/lower.hpp>
#include <deepseek/plan/detail/window.hpp>

namespace deepseek::plan {

/// program_root: the root cursor with what loops ask of it.
template <class Cursor, class NoFrames, bool Scan, std::int64_t RowSize>
struct program_root : Cursor {
  using no_values = NoFrames;
  static constexpr bool has_scan = Scan;
  static constexpr std::int64_t row_size = RowSize;
};

/// bound_program<E, S, NoFrames>: E, lets around outputs of store_nodes, lowered for schedule S.
template <class E, class Schedule, class NoFrames> class bound_program {
 public:
  using S = Schedule;
  using cursor = decltype(lower(std::declval<E const&>(),
                                context<S, 0, axis_map<>, unmoved, no_bindings>{nullptr, {}}));
  static constexpr facts about = analyse<E, axis_map<>, empty_scope, 0>();
  using root = program_root<cursor, NoFrames, about.scans, about.row_size>;
  explicit bound_program(E const& e, window const& part = {})
      : root_{lower(e, context_of(&none_, part))} {
    static_assert(cursor::level < loop::max_passes,
                  "[DS-PROGRAM-PASSES] more than 15 reductions that need one another. Fix: two "
                  "statements.");
    limit_extents(part);
    find_extents();
    find_runs();
    if constexpr (!requires { S::keeps_axes; }) merge_axes();
  }

  /// conflicts(): an operand lies in the memory of a result, elsewhere than the result's own element,
  /// so that a result could be overwritten before it is read.
  [[nodiscard]] bool conflicts() {
    int outputs = 0;
    int overlaps = 0;
    bool displaced = false;
    root_.visit([&](auto& target) {
      if constexpr (requires { target.target; }) {
        ++outputs;
        root_.visit([&](auto& leaf) {
          switch (relation(target.target, leaf)) {
            case memory_relation::apart: break;
            case memory_relation::same_element: ++overlaps; break;
            case memory_relation::displaced: displaced = true; break;
          }
        });
      }
    });
    return displaced || (outputs > 1 && overlaps > 0);
  }

  /// extent_of(axis): of the loop along it; 1 of an axis that there is not.
  [[nodiscard]] std::int64_t extent_of(int axis) const {
    if (axis < 0 || axis >= axes) return 1;
    return S::in_row(axis) ? job_.row.of[axis] : job_.extent[axis];
  }

  /// reach(base, place, extents): the bytes of the elements at `place`; extents(axis) may be those of the
  /// loops.
  template <class T, class Extents>
  [[nodiscard]] static address_range reach(T const* base, address<S> const& place,
                                           Extents const& extents) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (int axis = 0; axis < S::axes; ++axis) {
      std::int64_t const n = extents(axis);
      std::int64_t const far = place.stride[axis] * (n < 1 ? 0 : n - 1);
      (far < 0 ? low : high) += far;
    }
    auto const at = reinterpret_cast<std::uintptr_t>(base);
    return {at + static_cast<std::uintptr_t>(low * std::int64_t{sizeof(T)}),
            at + static_cast<std::uintptr_t>((high + 1) * std::int64_t{sizeof(T)})};
  }
  template <class T>
  [[nodiscard]] address_range reach(T const* base, address<S> const& place) const {
    return reach(base, place, [this](int axis) { return extent_of(axis); });
  }
  /// reach_of(leaf): the memory of an operand: along axes that are reduced it has what the reduction, the
  /// bound value or the result around it has, which may be less than the longest loop of the program.
  template <class Leaf> [[nodiscard]] address_range reach_of(Leaf const& leaf) {
    row_extents<S> const own = extents_around(&leaf);
    return reach(leaf.base, leaf.place,
                 [&](int axis) { return S::in_row(axis) ? own.of[axis] : extent_of(axis); });
  }

 protected:
  enum class memory_relation { apart, same_element, displaced };

  static constexpr int axes = S::axes;

  static auto context_of(no_bindings const* none, window const& part) {
    context<S, 0, axis_map<>, unmoved, no_bindings> c{none, {}};
    for (int axis = 0; axis < part.axes; ++axis) c.axis[axis].start = part.first[axis];
    return c;
  }
  void limit_extents(window const& part) {
    if (part.axes == 0) return;
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; })
        for (int axis = 0; axis < part.axes && axis < axes; ++axis)
          if (!S::in_row(axis) && c.target_extent[axis] != 1)
            c.target_extent[axis] = part.count[axis];
    });
  }

  void find_extents() {
    for (int axis = 0; axis < axes; ++axis) job_.extent[axis] = 1;
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; }) {
        for (int axis = 0; axis < axes; ++axis)
          if (!S::in_row(axis) && c.target_extent[axis] != 1) {
            if (job_.extent[axis] != 1 && job_.extent[axis] != c.target_extent[axis])
              fail_outputs(axis, job_.extent[axis], c.target_extent[axis]);
            job_.extent[axis] = c.target_extent[axis];
          }
      }
    });
  }

  [[noreturn]] DEEPSEEK_NOINLINE static void fail_outputs(int axis, std::int64_t a,
                                                          std::int64_t b) {
    throw shape_error(text{} << "[DS-TIE-EXTENTS] results of one kernel differ along axis " << axis
                             << ": " << a << " and " << b << ". Fix: assign them separately.");
  }
  [[noreturn]] DEEPSEEK_NOINLINE static void fail_runs() {
    throw shape_error(text{} << "[DS-PROGRAM-RUNS] reductions over more than " << loop::max_runs
                             << " different extents in one kernel. Fix: split the expression.");
  }

  void find_runs() {
    for (int axis = 0; axis < axes; ++axis) job_.row.of[axis] = 1;
    root_.visit([&](auto& c) {
      if constexpr (requires { c.reduces; }) {
        using C = std::remove_cvref_t<decltype(c)>;
        if (!job_.runs[C::level - 1].add(c.extents)) fail_runs();
        for (int axis = 0; axis < axes; ++axis)
          if (c.extents.of[axis] > job_.row.of[axis]) job_.row.of[axis] = c.extents.of[axis];
      } else if constexpr (requires { c.target; }) {
        if (!job_.runs[cursor::level].add(c.extents)) fail_runs();
        for (int axis = 0; axis < axes; ++axis)
          if (c.extents.of[axis] > job_.row.of[axis]) job_.row.of[axis] = c.extents.of[axis];
      }
    });
    even_ = true;
    for (int pass = 0; pass < cursor::level; ++pass)
      for (int r = 0; r < job_.runs[pass].count; ++r)
        even_ = even_ && job_.runs[pass].of[r] == job_.row;
    auto const& last = job_.runs[cursor::level];
    for (int r = 0; r < last.count; ++r)
      even_ = even_ && (last.of[r] == job_.row || is_single(last.of[r]));
    job_.uneven = !even_ || last.count > 1;
    if (even_)
      root_.visit([&](auto& c) {
        if constexpr (requires { c.scratch_bytes_per_vector; })
          job_.scratch_bytes_per_vector += c.scratch_bytes_per_vector;
      });
  }
  static bool is_single(row_extents<S> const& e) {
    for (int axis = 0; axis < axes; ++axis)
      if (S::in_row(axis) && e.of[axis] != 1) return false;
    return true;
  }

  /// Neighbouring axes that every operand and result walks as one become one: fewer loops, longer
  /// runs of lanes.
  void merge_axes() {
    for (int b = axes - 1; b > 0; --b) {
      int a = b - 1;
      while (a >= 0 && alike(a, b) && extent_of(a) == 1) --a;
      if (a < 0 || !alike(a, b) || (S::in_row(a) && (!even_ || job_.uneven))) continue;
      std::int64_t const n = extent_of(b);
      bool possible = true;
      root_.visit([&](auto& c) {
        if constexpr (requires { c.checked; }) {
          if (c.checked[a] || c.checked[b]) possible = false;
        } else if constexpr (requires { c.target; }) {
          auto const& stride = c.target.place.stride;
          if (stride[a] != stride[b] * n && !(S::in_row(a) && is_single(c.extents)))
            possible = false;
        } else if constexpr (requires { c.place; }) {
          if (c.place.stride[a] != c.place.stride[b] * n) possible = false;
        }
      });
      if (possible) merge(a, b++);  // then with the axis before that
    }
  }
  static constexpr bool alike(int a, int b) {
    return S::in_row(a) == S::in_row(b) && a != S::lane_axis;
  }
  void merge(int a, int b) {
    auto const join = [&](std::int64_t* of) {
      of[b] *= of[a];
      of[a] = 1;
    };
    if (!S::in_row(a)) {
      join(job_.extent);
    } else {
      join(job_.row.of);
      for (auto& list : job_.runs)
        for (int r = 0; r < list.count; ++r) join(list.of[r].of);
      root_.visit([&](auto& c) {
        if constexpr (requires { c.extents.of; }) join(c.extents.of);
      });
    }
  }

  [[nodiscard]] std::int64_t result_elements() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < axes; ++axis)
      if (!S::in_row(axis)) n *= job_.extent[axis];
    bool any = false;
    auto const& last = job_.runs[cursor::level];
    for (int r = 0; r < last.count; ++r) {
      std::int64_t run = 1;
      for (int axis = 0; axis < axes; ++axis)
        if (S::in_row(axis)) run *= last.of[r].of[axis];
      any = any || run > 0;
    }
    return any ? n : 0;
  }

  /// Sets `here` where it meets the leaf at `place`.
  struct leaf_finder {
    void const* place;
    bool& here;
    template <class Cursor> void operator()(Cursor& c) const {
      if constexpr (requires { *c.base; }) here = here || static_cast<void const*>(&c) == place;
    }
  };
  /// Extents of the innermost reduction, bound value or result that the leaf is part of: inner ones are
  /// visited after those around them.
  [[nodiscard]] row_extents<S> extents_around(void const* leaf) {
    row_extents<S> found = job_.row;
    auto const look = [&](auto& beneath, row_extents<S> const& extents) {
      bool here = false;
      beneath.visit(leaf_finder{leaf, here});
      if (here) found = extents;
    };
    root_.visit([&](auto& c) {
      if constexpr (requires { c.reduces; }) look(c.child, c.extents);
      else if constexpr (requires { c.bound; }) look(c.bound, c.extents);
      else if constexpr (requires { c.target; }) look(c.value, c.extents);
    });
    return found;
  }

  template <class Target, class Leaf>
  [[nodiscard]] memory_relation relation(Target const& target, Leaf const& leaf) const {
    if constexpr (requires { leaf.source_range; }) {
      address_range const t = reach(target.base, target.place);
      bool const apart = leaf.source_range.end <= t.begin || t.end <= leaf.source_range.begin;
      return apart ? memory_relation::apart : memory_relation::displaced;
    } else if constexpr (requires { *leaf.base; }) {
      address_range const t = reach(target.base, target.place);
      address_range const l = reach(leaf.base, leaf.place);
      if (l.end <= t.begin || t.end <= l.begin) return memory_relation::apart;
      bool same = sizeof(*leaf.base) == sizeof(*target.base) &&
                  static_cast<void const*>(leaf.base) == static_cast<void const*>(target.base);
      for (int axis = 0; axis < axes; ++axis)
        if (extent_of(axis) != 1)
          same = same && leaf.place.stride[axis] == target.place.stride[axis];
      return same ? memory_relation::same_element : memory_relation::displaced;
    } else {
      return memory_relation::apart;
    }
  }

  no_bindings none_;
  root root_;
  loop::job<S> job_;
  bool even_ = true;
};

}  // namespace deepseek::plan
