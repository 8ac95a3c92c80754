// SPDX-License-Identifier: Apache-2.0
/// @file program_operand: a lowered expression as an operand of a product by mma, computed when tiles of
/// it are filled: a source of tile::matrix_values.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/kernel/elementwise.hpp>  // held_elements
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/plan/gpu/detail/cursors.hpp>
#include <deepseek/tile/unrolled.hpp>
#include <deepseek/tile/vector_access.hpp>

namespace deepseek::plan::gpu {

/// program_operand<Cursor, S, T, LineAxis, Width>: neighbours are along the lane axis of S, lines along
/// LineAxis; operands are accessed Width elements at a time.
template <class Cursor, class S, class T, int LineAxis, int Width> struct program_operand {
  using element_type = T;
  static constexpr int width = Width;

  Cursor cursor;
  int batch_axes = 0;  ///< the first axes are those of the batch
  int batch_extent[S::axes] = {};

  /// Wide accesses are whole ones.
  template <int N>
  using state = typename Cursor::template state<kernel::held_elements<N, false, (Width == 1)>>;

  template <int N, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State& s, int matrix, int line, int first,
                                                  int end) const {
    std::int64_t at[S::axes] = {};
    if constexpr (S::axes > 2) {
      auto left = static_cast<unsigned>(matrix);
      for (int axis = batch_axes - 1; axis >= 0; --axis) {
        auto const n = static_cast<unsigned>(batch_extent[axis]);
        at[axis] = static_cast<std::int64_t>(left % n);
        left /= n;
      }
    }
    at[LineAxis] = line;
    cursor.seek(s, at);
    tile::unrolled<N / Width>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
      cursor.template fetch<Width>(s, p * Width, first + p * Width, kernel::lane_range{end, end});
    });
  }
  template <int N, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto value(State& s, int i, int first) const {
    return cursor.template load<1>(s, no_frames{}, kernel::element{i, std::int64_t{first} + i});
  }
};

template <class E, class Map, int Axis> constexpr int leaves_along_aligned();

/// leaves_along<E, Map, Axis>(): of the leaves under E, those whose neighbours in memory are along iteration
/// axis Axis, as far as types say; matrices count more than vectors.
template <class E, class Map, int Axis> constexpr int leaves_along() {
  using namespace expr::detail;
  if constexpr (is_leaf<E>) {
    if constexpr (E::rank == 0) return 0;
    else
      return std::is_same_v<typename E::view_type::layout_type, row_major> &&
                     E::dims_type::static_extent(E::rank - 1) != 1 &&
                     Map::of(Map::count - 1) == Axis
                 ? E::rank
                 : 0;
  } else if constexpr (is_view_node<E>) {
    return leaves_along<expr::operand_t<E, 0>, followed_map<64, Map, typename E::map_type>, Axis>();
  } else {
    return expr::fold_operands<E>(
        []<class... Operand>() { return (0 + ... + leaves_along_aligned<Operand, Map, Axis>()); });
  }
}
template <class E, class Map, int Axis> constexpr int leaves_along_aligned() {
  if constexpr (E::rank > Map::count) return 0;
  else return leaves_along<E, aligned_map<Map, E::rank>, Axis>();
}

/// lowered_operand<E, Rank, T, Left>: E as the left or the right operand of a product of Rank axes, its
/// values rounded to T.
template <class E, int Rank, class T, bool Left> class lowered_operand {
  using own_map = aligned_map<identity_map<Rank>, E::rank>;
  static constexpr int k_axis = Left ? Rank - 1 : Rank - 2;
  static constexpr int row_axis = Left ? Rank - 2 : Rank - 1;
  static constexpr int axes_of_views = analyse<E, own_map, empty_scope, Rank>().axes;
  static constexpr int axes = axes_of_views < Rank ? Rank : axes_of_views;
  /// Single bytes are multiplied with neighbours along k alone.
  static constexpr int lane_axis = sizeof(T) == 1 ? k_axis
                                   : leaves_along<E, own_map, Rank - 2>() >
                                           leaves_along<E, own_map, Rank - 1>()
                                       ? Rank - 2
                                       : Rank - 1;

 public:
  using element_type = T;
  static constexpr bool along_k = lane_axis == k_axis;
  static constexpr int chunk = 16 / int{sizeof(T)};  ///< elements that a thread computes together
  using S = kernel::schedule<axes, 0, lane_axis>;

 private:
  static auto lowered(E const& e) {
    no_bindings const none{};
    context<S, Rank, identity_map<Rank>, unmoved, no_bindings> const c{&none, {}};
    return lower(e, aligned(c, e));
  }
  using cursor = decltype(lowered(std::declval<E const&>()));
  static_assert(cursor::level == 0 && cursor::scan_bytes == 0,
                "[DS-PRODUCT-OPERAND] what is computed on the way to a tile has no reductions.");

 public:
  template <int Width>
  using source = program_operand<cursor, S, T, (along_k ? row_axis : k_axis), Width>;

  /// extent: of the product's batch axes, then of e's own last two.
  lowered_operand(E const& e, std::int64_t const (&extent)[max_rank]) : cursor_{lowered(e)} {
    for (int axis = 0; axis < axes; ++axis) extent_[axis] = axis < Rank ? extent[axis] : 1;
  }

  template <int Width> [[nodiscard]] source<Width> of_width() const {
    source<Width> of{cursor_, Rank - 2};
    for (int axis = 0; axis < Rank - 2; ++axis)
      of.batch_extent[axis] = static_cast<int>(extent_[axis]);
    return of;
  }
  /// Everything under it can be read by `chunk` elements at once.
  [[nodiscard]] bool wide() const {
    bool possible = extent_[lane_axis] % chunk == 0;
    auto c = cursor_;
    c.visit([&](auto& leaf) {
      if constexpr (
          requires { leaf.checked; } || requires { leaf.axis_stride; })
        possible = false;
      else if constexpr (requires { *leaf.base; }) possible = possible && aligned_to_chunks(leaf);
    });
    return possible;
  }
  /// f(bytes) for the memory of each operand under it.
  template <class F> void visit_memory(F const& f) const {
    auto c = cursor_;
    c.visit([&](auto& leaf) {
      if constexpr (requires { leaf.source_range; }) {
        f(leaf.source_range);
      } else if constexpr (requires { *leaf.base; }) {
        f(bound_reach(leaf.base, leaf.place));
      }
    });
  }

 private:
  template <class Leaf> [[nodiscard]] bool aligned_to_chunks(Leaf const& leaf) const {
    using Element = std::remove_cvref_t<decltype(*leaf.base)>;
    std::int64_t const along = leaf.place.lane_stride();
    if (extent_[lane_axis] == 1 || along == 0) return true;
    if (along != 1) return false;
    constexpr int whole = chunk * int{sizeof(Element)} > 16 ? 16 / int{sizeof(Element)} : chunk;
    for (int axis = 0; axis < axes; ++axis)
      if (axis != lane_axis && extent_[axis] != 1 &&
          tile::access_elements(leaf.base, whole, leaf.place.stride[axis]) < whole)
        return false;
    return tile::access_elements(leaf.base, whole) >= whole;
  }
  template <class Element>
  [[nodiscard]] address_range bound_reach(Element const* base, address<S> const& place) const {
    std::int64_t low = 0;
    std::int64_t high = 0;
    for (int axis = 0; axis < axes; ++axis) {
      if (extent_[axis] < 1) return {0, 0};
      std::int64_t const far = place.stride[axis] * (extent_[axis] - 1);
      (far < 0 ? low : high) += far;
    }
    auto const at = reinterpret_cast<std::uintptr_t>(base);
    return {at + static_cast<std::uintptr_t>(low * std::int64_t{sizeof(Element)}),
            at + static_cast<std::uintptr_t>((high + 1) * std::int64_t{sizeof(Element)})};
  }

  cursor cursor_;
  std::int64_t extent_[axes];
};

}  // namespace deepseek::plan::gpu
