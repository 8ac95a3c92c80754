// SPDX-License-Identifier: Apache-2.0
/// @file turned_axes: along which axis operands and results have their neighbours, found when their strides
/// are known; and the order of axes that a kernel wants.
#pragma once
#include <cstdint>
#include <type_traits>
#include <utility>

#include <deepseek/plan/detail/place.hpp>

namespace deepseek::plan::gpu {

/// turned_axes<Root, S>: of a lowered program, whose axes it may exchange: an axis is a place in arrays of
/// strides.
template <class Root, class S> class turned_axes {
 public:
  turned_axes(Root& root, std::int64_t* extent) : root_{root}, extent_{extent} {}

  /// Shorter axes are not worth a tile: a sector has few of their neighbours, most of a tile is beyond them.
  static constexpr std::int64_t least_extent = 16;
  static constexpr int sector_bytes = 32;

  /// turns(place, axis, bytes): lanes are not neighbours, elements along the axis are.
  [[nodiscard]] bool turns(address<S> const& place, int axis, int bytes) const {
    std::int64_t const along = magnitude(place.stride[axis]);
    return axis != S::lane_axis && extent_[axis] >= least_extent &&
           extent_[S::lane_axis] >= least_extent && along != 0 &&
           along < magnitude(place.lane_stride()) && along * bytes < sector_bytes;
  }

  /// arrange(): the axis before the lane axis becomes the one along which the most memory is turned; or the
  /// lane axis, if no memory has neighbours along the lanes, and then nothing is turned. Whether something
  /// is.
  bool arrange() {
    int const across = best_axis();
    if (across < 0) return false;
    if (all_turn(across)) {
      exchange(across, S::lane_axis);
      return false;
    }
    exchange(across, S::lane_axis - 1);
    return true;
  }

 private:
  static std::int64_t magnitude(std::int64_t n) { return n < 0 ? -n : n; }

  /// f(place, bytes, whether a kernel may turn it) of each operand and result.
  template <class F> void each_memory(F const& f) {
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; }) f(c.target.place, int{sizeof(*c.target.base)}, true);
      else if constexpr (requires {
                           *c.source;
                           c.place;
                         })
        f(c.place, int{sizeof(*c.source)}, false);
      else if constexpr (requires {
                           *c.base;
                           c.place;
                         })
        f(c.place, int{sizeof(*c.base)}, bool{c.any_stride});
    });
  }
  [[nodiscard]] int best_axis() {
    int best = -1;
    int most = 0;
    for (int axis = 0; axis < S::axes; ++axis) {
      int bytes = 0;
      each_memory([&](address<S> const& place, int of_element, bool may) {
        if (may && turns(place, axis, of_element)) bytes += of_element;
      });
      if (bytes > most) {
        most = bytes;
        best = axis;
      }
    }
    return best;
  }
  /// No lanes are neighbours anywhere, and no type says what would be wrong then.
  [[nodiscard]] bool all_turn(int axis) {
    bool all = true;
    each_memory([&](address<S> const& place, int bytes, bool) {
      all = all && (place.lane_stride() == 0 || turns(place, axis, bytes));
    });
    root_.visit([&](auto& c) {
      if constexpr (requires {
                      c.any_stride;
                      c.one_value;
                    })
        all = all && (!c.one_value || c.place.stride[axis] == 0);
    });
    return all;
  }
  void exchange(int a, int b) {
    if (a == b) return;
    std::swap(extent_[a], extent_[b]);
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; }) {
        std::swap(c.target.place.stride[a], c.target.place.stride[b]);
        std::swap(c.target_extent[a], c.target_extent[b]);
      } else if constexpr (requires { c.place; }) {
        std::swap(c.place.stride[a], c.place.stride[b]);
      }
    });
  }

  Root& root_;
  std::int64_t* extent_;
};

}  // namespace deepseek::plan::gpu
