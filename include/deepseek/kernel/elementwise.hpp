// SPDX-License-Identifier: Apache-2.0
/// @file elementwise: results whose elements are each computed from operands' elements alone.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/shape/dims.hpp>  // dyn
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// held_elements<N, Keeps, Tails>: a thread holds N elements; Keeps: from pass to pass; Tails: an access may
/// be cut by the end of the lanes.
template <int N, bool Keeps, bool Tails> struct held_elements {
  static constexpr int elements = N;
  static constexpr bool keeps = Keeps;
  static constexpr bool tails = Tails;
};

/// elementwise<Root, S, Width, Vectors, Walk, Elements>: Width neighbours along the lane axis are one access,
/// and never cut; a thread has Vectors of them on their way before it computes the first. Walk: lane_walk<S>
/// where operands and results are one axis, of which there may be a rest; axes_walk<S> where lanes are a
/// multiple of Width. Elements: of a result, if known when compiling.
template <class Root, class S, int Width, int Vectors, class Walk, std::int64_t Elements = dyn>
struct elementwise {
  using shared_plan = no_shared;
  static constexpr int threads = 256;
  static constexpr char const* name = "elementwise";
  static constexpr std::int64_t vectors_per_block = std::int64_t{threads} * Vectors;
  static constexpr bool one_axis = std::is_same_v<Walk, lane_walk<S>>;
  /// Every thread of every block has all its vectors; there are no other elements.
  static constexpr bool whole = Elements != dyn && Elements % (vectors_per_block * Width) == 0;
  /// A block for each piece.
  static constexpr bool once =
      whole &&
      blocks_for(Elements / (vectors_per_block * Width)) * vectors_per_block * Width == Elements;
  /// There may be elements after the last vector.
  static constexpr bool has_rest = one_axis && (Elements == dyn || Elements % Width != 0);

  Root root;
  Walk walk;              ///< along the lane axis, vectors
  std::int64_t count;     ///< of vectors
  std::int64_t rest = 0;  ///< of elements after them, less than Width

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    std::int64_t const first =
        arch::gpu::block_index().x * vectors_per_block + arch::gpu::thread_rank();
    if constexpr (once) {
      vectors_from(first);
    } else {
      std::int64_t const step = arch::gpu::grid_blocks().x * vectors_per_block;
      std::int64_t const mine = arch::gpu::thread_rank();
      for (std::int64_t v = first; v - mine < vectors(); v += step) vectors_from(v);
    }
    if constexpr (has_rest)
      if (arch::gpu::block_index().x == 0 && arch::gpu::thread_rank() < rest) {
        piece<1> p;
        fetch(p, count * Width + arch::gpu::thread_rank());
        write(p);
      }
  }

 private:
  /// piece<N>: N elements that are one access.
  template <int N> struct piece {
    using held = held_elements<N, false, false>;
    typename Root::template state<held> state;
    typename Root::template targets<held> target;
    std::int64_t lane;
    bool exists;
  };

  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t vectors() const {
    return whole ? Elements / Width : count;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void vectors_from(std::int64_t first) const {
    piece<Width> p[Vectors];
    tile::unrolled<Vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
      p[v].exists = whole || first + v * threads < count;
      if (p[v].exists) fetch(p[v], first + v * threads);
    });
    tile::unrolled<Vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
      if (p[v].exists) write(p[v]);
    });
  }
  /// Of access `number`.
  template <int N>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(piece<N>& p, std::int64_t number) const {
    std::int64_t at[axes_walk<S>::places] = {};
    walk.place(at, number);
    p.lane = 0;
    if constexpr (S::lane_axis >= 0) p.lane = at[S::lane_axis] * N;
    root.seek(p.state, at);
    root.seek_targets(p.target, at);
    root.template fetch<N>(p.state, 0, p.lane, lane_range::every());
  }
  template <int N> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(piece<N>& p) const {
    typename Root::no_values const none{};
    tile::unrolled<N>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      root.template compute<1>(p.state, p.target, none, element{i, p.lane + i});
    });
    root.template write<N>(p.target, 0, p.lane, lane_range::every().end);
  }
};

}  // namespace deepseek::kernel
