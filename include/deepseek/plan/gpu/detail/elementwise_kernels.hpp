// SPDX-License-Identifier: Apache-2.0
/// @file elementwise_kernels: which kernel computes results whose elements need no others.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/kernel/elementwise.hpp>
#include <deepseek/kernel/elementwise_tiles.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/loop/job.hpp>
#include <deepseek/plan/gpu/detail/elementwise_facts.hpp>
#include <deepseek/plan/gpu/detail/turned_axes.hpp>
#include <deepseek/plan/gpu/detail/wide_accesses.hpp>

namespace deepseek::plan::gpu {

/// elementwise_kernels<E, Root, Schedule, Widest>: E is lowered to Root; Widest elements are the widest
/// access to the smallest type of a result.
template <class E, class Root, class Schedule, int Widest> class elementwise_kernels {
 public:
  using S = Schedule;

  elementwise_kernels(Root const& root, loop::job<S> const& job) : root_{root} {
    for (int axis = 0; axis < S::axes; ++axis) extent_[axis] = job.extent[axis];
  }

  /// f(kernel, blocks) of the one that suits.
  template <class F> void launch(F const& f) {
    if constexpr (may_turn)
      if (axes_.arrange()) return by_tiles(f);
    if constexpr (reads_anywhere<E>()) return by_axes<1>(f);
    else in_lanes(f);
  }

  [[nodiscard]] std::int64_t extent_of(int axis) const { return axis < 0 ? 1 : extent_[axis]; }

 private:
  template <class F> void in_lanes(F const& f) {
    bool const wide = wide_accesses(*this, root_, lanes(), Widest);
    if constexpr (S::axes <= 1) {
      if (wide) along_lanes<Widest>(f);
      else along_lanes<1>(f);
    } else if (wide && elements() == lanes()) {
      along_lanes<Widest>(f);
    } else if (wide && lanes() % Widest == 0) {
      by_axes<Widest>(f);
    } else {
      by_axes<1>(f);
    }
  }

  static constexpr int vectors = 4;
  static constexpr turned_types turned = turned_in<E>();
  static constexpr bool may_turn = S::axes >= 2 && turned.any() && !reads_anywhere<E>();
  template <int Width, class Walk>
  using plain = kernel::elementwise<Root, S, Width, vectors, Walk, static_elements<E>()>;

  [[nodiscard]] std::int64_t lanes() const { return extent_of(S::lane_axis); }
  [[nodiscard]] std::int64_t elements() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < S::axes; ++axis) n *= extent_[axis];
    return n;
  }
  template <int Width, class F> void along_lanes(F const& f) const {
    start(f, plain<Width, kernel::lane_walk<S>>{root_, {}, lanes() / Width, lanes() % Width});
  }
  template <int Width, class F> void by_axes(F const& f) const {
    auto const walk = walk_of([](int axis) { return axis == S::lane_axis ? Width : 1; });
    start(f, plain<Width, kernel::axes_walk<S>>{root_, walk, walk.count(), 0});
  }
  template <class F, class K> static void start(F const& f, K const& k) {
    std::int64_t const pieces = (k.count + K::vectors_per_block - 1) / K::vectors_per_block;
    f(k, kernel::blocks_for(pieces > 0 ? pieces : 1));  // a rest alone is a block as well
  }
  /// All axes, in pieces of size(axis).
  template <class Size> [[nodiscard]] kernel::axes_walk<S> walk_of(Size const& size) const {
    kernel::axes_walk<S> walk;
    for (int axis = 0; axis < S::axes; ++axis)
      walk.set(axis, (extent_[axis] + size(axis) - 1) / size(axis));
    return walk;
  }

  template <class F> void by_tiles(F const& f) {
    if (others_wide() && lanes() % Widest == 0) tiles_of<Widest>(f);
    else tiles_of<1>(f);
  }
  template <int Width, class F> void tiles_of(F const& f) {
    using K = kernel::elementwise_tiles<Root, S, Width, turned.bytes(), (turned.result_bytes > 0)>;
    auto const walk =
        walk_of([](int axis) { return axis == S::lane_axis || axis == K::across ? K::side : 1; });
    K k{root_, walk, walk.count(), extent_[K::across], lanes(), {}, {}};
    each_memory([&](auto const* base, address<S> const& place, bool turns, int n, bool result) {
      using T = std::remove_cvref_t<decltype(*base)>;
      constexpr int width = K::template across_width<T>;
      if (!turns) return;
      auto& which = result ? k.results : k.operands;
      which.turned |= 1u << n;
      if (extent_[K::across] % width == 0 &&
          neighbours_at_once(*this, base, place, extent_[K::across], width, K::across))
        which.wide |= 1u << n;
    });
    f(k, kernel::blocks_for(k.count));
  }
  /// What is not turned can be accessed by Widest lanes at once.
  [[nodiscard]] bool others_wide() {
    bool possible = true;
    each_memory([&](auto const* base, address<S> const& place, bool turns, int, bool) {
      possible = possible && (turns || neighbours_at_once(*this, base, place, lanes(), Widest));
    });
    return possible;
  }
  /// f(base, place, turns, number, whether it is a result) of what kernels number so; 32 of each can be
  /// turned.
  template <class F> void each_memory(F const& f) {
    constexpr int most = 32;
    constexpr int across = S::lane_axis - 1;
    int number = 0;
    typename Root::template state<kernel::held_elements<1, false, false>> state;
    root_.template each_read<0u, 0>(state, {}, [&](auto const& c, auto&, auto, auto) {
      if constexpr (requires {
                      *c.base;
                      c.any_stride;
                    }) {
        bool const may = c.any_stride && number < most;
        f(c.base, c.place, may && axes_.turns(c.place, across, int{sizeof(*c.base)}), number,
          false);
      }
      ++number;
    });
    number = 0;
    root_.visit([&](auto& c) {
      if constexpr (requires { c.target; }) {
        auto const& to = c.target;
        bool const may = turned.result_bytes > 0 && number < most;
        f(to.base, to.place, may && axes_.turns(to.place, across, int{sizeof(*to.base)}), number,
          true);
        ++number;
      }
    });
  }

  Root root_;
  std::int64_t extent_[S::axes == 0 ? 1 : S::axes];
  turned_axes<Root, S> axes_{root_, extent_};
};

}  // namespace deepseek::plan::gpu
