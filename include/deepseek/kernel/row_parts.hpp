// SPDX-License-Identifier: Apache-2.0
/// @file row_parts: few long rows: each by many blocks, in one launch for each pass and one for the results.
/// A block sums up a part of a row for its pass; the launches after it join the parts, always in one order.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/elementwise.hpp>  // held_elements
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/part_sums.hpp>
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/tile/block_reduce.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// row_parts<Root, S, Pass, Width, Vectors>: pass Pass of 1 … Root::level + 1; the last writes the results.
/// A block of the grid is a part of a row: row_count * parts blocks, those of a row side by side.
template <class Root, class S, int Pass, int Width, int Vectors> struct row_parts {
  static constexpr int passes = Root::level;
  static constexpr bool writes = Pass > passes;
  static constexpr int threads = 512;
  static constexpr char const* name = writes ? "row_parts, results" : "row_parts, sums";
  static constexpr int elements = Width * Vectors;
  static constexpr std::int64_t piece = std::int64_t{threads} * elements;  ///< of a row, at once
  static_assert(Root::scan_bytes == 0, "[DS-PROGRAM-SPLIT] a scan needs the row in its order.");

 private:
  template <int P> using acc = typename Root::template acc<P>;
  template <int P, bool Any> struct scratch_of {
    tile::block_reduce_scratch<acc<P>, threads / arch::gpu::warp_size> mine;
    scratch_of<P + 1, (P < passes && P < Pass)> later;
  };
  template <int P> struct scratch_of<P, false> {};

 public:
  /// Of the passes before, and of the own one.
  struct shared_plan {
    scratch_of<1, (passes >= 1)> sums;
  };

  Root root;
  axes_walk<S> rows;      ///< the axes that are not reduced
  axes_walk<S> row_walk;  ///< the reduced ones but the lane axis
  std::int64_t lanes;
  std::int64_t pieces_of_lanes;  ///< of one position of row_walk
  std::int64_t pieces;           ///< of the row, of which this launch needs so many
  std::int64_t pieces_of_part;
  int parts;             ///< of this launch
  part_sums<Root> sums;  ///< of the launches before, and the own ones

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    int const row = arch::gpu::block_index().x / parts;
    int const part = arch::gpu::block_index().x % parts;
    std::int64_t at[axes_walk<S>::places] = {};
    rows.place(at, row);
    state_type s;
    finish_earlier<1>(shared, s, row);
    std::int64_t const first = part * pieces_of_part;
    std::int64_t const end = first + pieces_of_part < pieces ? first + pieces_of_part : pieces;
    if constexpr (writes) write_results(s, at, first, end);
    else sum_up(shared, s, at, first, end, row, part);
  }

 private:
  using held = held_elements<elements, false, false>;
  using state_type = typename Root::template state<held>;

  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t lane_of(std::int64_t from, int v) {
    return from + (std::int64_t{v} * threads + arch::gpu::thread_rank()) * Width;
  }

  /// The results of pass P and those after it, before the own one, from the sums of their parts.
  template <int P>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish_earlier(shared_plan& shared, state_type& s,
                                                           std::int64_t row) const {
    if constexpr (P < Pass) {
      auto sum = Root::template start<P>();
      for (int part = arch::gpu::thread_rank(); part < sums.parts; part += threads)
        Root::template join<P>(sum, sums.template get<P>(row, part));
      root.template finish<P>(s, of_block<P>(shared, sum));
      finish_earlier<P + 1>(shared, s, row);
    }
  }
  /// f(lane where the piece begins) for each piece, with the state where it is.
  template <class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_piece(state_type& s, std::int64_t* at,
                                                       std::int64_t first, std::int64_t end,
                                                       F const& f) const {
    for (std::int64_t p = first; p < end; ++p) {
      std::int64_t const position = p / pieces_of_lanes;
      std::int64_t const from = (p - position * pieces_of_lanes) * piece;
      row_walk.place(at, position);
      root.seek(s, at);
      tile::unrolled<Vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
        root.template fetch<Width, Pass>(s, v * Width, lane_of(from, v), lane_range{lanes, lanes});
      });
      f(from);
    }
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sum_up(shared_plan& shared, state_type& s,
                                                   std::int64_t* at, std::int64_t first,
                                                   std::int64_t end, std::int64_t row,
                                                   int part) const {
    typename Root::no_values const none{};
    auto sum = Root::template start<Pass>();
    each_piece(s, at, first, end, [&](std::int64_t from) DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        element const e{i, lane_of(from, i / Width) + i % Width};
        root.template step<Pass>(sum, s, none, e);
      });
    });
    auto const all = of_block<Pass>(shared, sum);
    if (arch::gpu::thread_rank() == 0) sums.template put<Pass>(row, part, all);
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_results(state_type& s, std::int64_t* at,
                                                          std::int64_t first,
                                                          std::int64_t end) const {
    typename Root::no_values const none{};
    typename Root::template targets<held> t;
    each_piece(s, at, first, end, [&](std::int64_t from) DEEPSEEK_INLINE_LAMBDA {
      root.seek_targets(t, at);
      tile::unrolled<elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        root.template compute<Pass>(s, t, none, element{i, lane_of(from, i / Width) + i % Width});
      });
      tile::unrolled<Vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
        root.template write<Width>(t, v * Width, lane_of(from, v), lanes);
      });
    });
  }

  template <int P>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE acc<P> of_block(shared_plan& shared,
                                                              acc<P> const& sum) {
    auto const join = [](acc<P> a, acc<P> const& b) DEEPSEEK_INLINE_LAMBDA {
      Root::template join<P>(a, b);
      return a;
    };
    return tile::block_reduce_once(sum, join, scratch<P>(shared.sums));
  }
  template <int P, class Scratch>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto& scratch(Scratch& s) {
    if constexpr (P == 1) return s.mine;
    else return scratch<P - 1>(s.later);
  }
};

}  // namespace deepseek::kernel
