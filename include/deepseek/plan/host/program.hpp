// SPDX-License-Identifier: Apache-2.0
/// @file program: one kernel on the host: a lowered expression, its extents, and how it is walked.
#pragma once
#include <deepseek/loop/row_loops.hpp>
#include <deepseek/plan/detail/bound_program.hpp>
#include <deepseek/plan/host/detail/cursors.hpp>

namespace deepseek::plan::host {

/// schedule_of<E>: the loop nest of a root whose reductions all run along one set of axes.
template <class E> constexpr auto schedule_of() {
  constexpr facts f = analyse<E, axis_map<>, empty_scope, 0>();
  static_assert(!f.barrier && f.set_count <= 1, "[DS-PROGRAM-SPLIT] the root is not one kernel.");
  constexpr int lane_bytes = f.wide ? 8 : 4;
  constexpr int lanes = arch::vector_bytes / lane_bytes;
  return loop::schedule<lanes, lane_bytes, f.axes, f.reduced(), f.lane_axis()>{};
}

/// program<E>: E is a root: lets around outputs of store_nodes.
template <class E> class program : public bound_program<E, decltype(schedule_of<E>()), no_frames> {
  using bound = bound_program<E, decltype(schedule_of<E>()), no_frames>;
  using bound::axes;
  using bound::job_;
  using bound::root_;
  using typename bound::memory_relation;

 public:
  using typename bound::root;
  using typename bound::S;

  /// program(e, part): all of e's results, or a part of them.
  explicit program(E const& e, window const& part = {}) : bound{e, part} {
    choose_stores();
    job_.plain = !job_.uneven && is_plain();
    if constexpr (S::lanes_reduced && root::level > 0) choose_prefetch();
    if constexpr (root::flattens && S::lanes_reduced) job_.dense = job_.plain && is_dense();
  }

  void run(int threads) {
    if (this->result_elements() == 0) return;
    loop::run_rows(root_, job_, threads);
  }

 private:
  /// What changes along the lanes is contiguous.
  [[nodiscard]] bool is_plain() {
    bool plain = true;
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; }) plain = plain && c.target.place.lane_stride() == 1;
      else if constexpr (requires { c.plain(); }) plain = plain && c.plain();
    });
    return plain;
  }

  /// Rows that are read from memory, not from a cache, are fetched while the row before is computed; two
  /// of them must have room in the second-level cache.
  void choose_prefetch() {
    constexpr std::int64_t least_bytes = 1024;
    constexpr std::int64_t most_bytes = std::int64_t{1} << 18;
    if (!job_.plain) return;
    int outer = -1;
    for (int axis = 0; axis < axes; ++axis)
      if (!S::in_row(axis) && this->extent_of(axis) > 1) outer = axis;
    if (outer < 0) return;
    root_.visit([&](auto& c) {
      if constexpr (requires { c.next_row; }) {
        std::int64_t const bytes =
            this->extent_of(S::lane_axis) *
            std::int64_t{sizeof(typename std::remove_cvref_t<decltype(c)>::value_type)};
        if (bytes >= least_bytes && bytes <= most_bytes) c.next_row = c.place.stride[outer];
      }
    });
  }

  /// A row is one run of lanes and rows lie one after the other, except in what is the same for all.
  [[nodiscard]] bool is_dense() {
    int outer = -1;
    for (int axis = 0; axis < axes; ++axis) {
      if (axis == S::lane_axis || this->extent_of(axis) == 1) continue;
      if (outer >= 0 || S::in_row(axis)) return false;
      outer = axis;
    }
    if (outer < 0) return false;
    bool dense = true;
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; })
        dense = dense && c.target.place.stride[outer] == this->extent_of(S::lane_axis);
      else if constexpr (requires { c.repeats(); })
        dense = dense && (c.repeats() || c.place.stride[outer] == this->extent_of(S::lane_axis));
    });
    return dense;
  }

  /// Results larger than the caches are written past them, where every vector is aligned.
  void choose_stores() {
    constexpr std::int64_t streaming_bytes = std::int64_t{1} << 24;
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; }) {
        using T = std::remove_pointer_t<decltype(c.target.base)>;
        constexpr std::int64_t vector = std::int64_t{sizeof(T)} * S::lanes;
        std::int64_t bytes = sizeof(T);
        bool aligned = reinterpret_cast<std::uintptr_t>(c.target.base) % vector == 0;
        for (int axis = 0; axis < S::axes; ++axis) {
          std::int64_t const n = S::in_row(axis) ? c.extents.of[axis] : this->job_.extent[axis];
          std::int64_t const stride = c.target.place.stride[axis] * std::int64_t{sizeof(T)};
          bytes *= n;
          if (axis == S::lane_axis) aligned = aligned && stride == std::int64_t{sizeof(T)};
          else if (n > 1) aligned = aligned && stride % vector == 0;
        }
        bool read_again = false;
        this->root_.visit([&](auto& leaf) {
          if (this->relation(c.target, leaf) != memory_relation::apart) read_again = true;
        });
        c.target.streaming = aligned && bytes >= streaming_bytes && !read_again;
        this->job_.streaming = this->job_.streaming || c.target.streaming;
      }
    });
  }
};

}  // namespace deepseek::plan::host
