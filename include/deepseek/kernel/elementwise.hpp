// SPDX-License-Identifier: Apache-2.0
/// @file elementwise: results whose elements are each computed from operands' elements alone.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// held_elements<N, Keeps, Tails>: a thread holds N elements; Keeps: from pass to pass; Tails: an access may
/// be cut by the end of the lanes.
template <int N, bool Keeps, bool Tails> struct held_elements {
  static constexpr int elements = N;
  static constexpr bool keeps = Keeps;
  static constexpr bool tails = Tails;
};

/// elementwise<Root, S, Width, Vectors>: Width neighbours along the lane axis are one access; a thread has
/// Vectors of them on their way before it computes the first.
template <class Root, class S, int Width, int Vectors> struct elementwise {
  using shared_plan = no_shared;
  static constexpr int threads = 256;
  static constexpr char const* name = "elementwise";
  static constexpr std::int64_t vectors_per_block = std::int64_t{threads} * Vectors;

  Root root;
  axes_walk<S> walk;   ///< along the lane axis, vectors
  std::int64_t count;  ///< of vectors
  std::int64_t lanes;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    std::int64_t const step = arch::gpu::grid_blocks().x * vectors_per_block;
    for (std::int64_t first = arch::gpu::block_index().x * vectors_per_block; first < count;
         first += step)
      vectors_from(first + arch::gpu::thread_rank());
  }

 private:
  using held = held_elements<Width, false, true>;
  struct piece {
    typename Root::template state<held> state;
    typename Root::template targets<held> target;
    std::int64_t lane;
    std::int64_t end;  ///< lanes there are; 0 of a vector beyond the last
  };

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void vectors_from(std::int64_t first) const {
    piece p[Vectors];
    tile::unrolled<Vectors>([&](auto v)
                                DEEPSEEK_INLINE_LAMBDA { fetch(p[v], first + v * threads); });
    tile::unrolled<Vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA { write(p[v]); });
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(piece& p, std::int64_t number) const {
    p.end = 0;
    if (number >= count) return;
    std::int64_t at[axes_walk<S>::places] = {};
    walk.place(at, number);
    p.end = lanes;
    p.lane = 0;
    if constexpr (S::lane_axis >= 0) p.lane = at[S::lane_axis] * Width;
    root.seek(p.state, at);
    root.seek_targets(p.target, at);
    root.template fetch<Width>(p.state, 0, p.lane, lane_range{p.end, p.end});
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(piece& p) const {
    if (p.end == 0) return;
    typename Root::no_values const none{};
    tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      root.template compute<1>(p.state, p.target, none, element{i, p.lane + i});
    });
    root.template write<Width>(p.target, 0, p.lane, p.end);
  }
};

}  // namespace deepseek::kernel
