// SPDX-License-Identifier: Apache-2.0
/// @file column_parts: few long columns: each by many blocks, in one launch for each pass and one for the
/// results. A block sums up a part of its columns for its pass; the launches after it join the parts,
/// always in one order.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/elementwise.hpp>  // held_elements
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/part_sums.hpp>
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/tile/column_reduce.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// column_parts<Root, S, Pass, Width>: pass Pass of 1 … Root::level + 1; the last writes the results. A
/// block of the grid is a part of `across` vectors of Width columns: those of the same vectors side by
/// side. Where there are fewer vectors than lanes of a warp, its other lanes have the next positions.
template <class Root, class S, int Pass, int Width> struct column_parts {
  static constexpr int passes = Root::level;
  static constexpr bool writes = Pass > passes;
  static constexpr int threads = 256;
  static constexpr char const* name = writes ? "column_parts, results" : "column_parts, sums";
  static_assert(Root::scan_bytes == 0, "[DS-PROGRAM-SPLIT] a scan needs the column in its order.");

 private:
  template <int P> using acc = typename Root::template acc<P>;
  template <int P, bool Any> struct scratch_of {
    tile::column_reduce_scratch<acc<P>, Width, threads / arch::gpu::warp_size> mine;
    scratch_of<P + 1, (P < passes && P < Pass)> later;
  };
  template <int P> struct scratch_of<P, false> {};

 public:
  /// Of the passes before, and of the own one.
  struct shared_plan {
    scratch_of<1, (passes >= 1)> sums;
  };

  Root root;
  axes_walk<S> walk;     ///< axes that are not reduced; along the lane axis, vectors
  axes_walk<S> reduced;  ///< axes that are
  std::int64_t count;    ///< of vectors
  std::int64_t lanes;
  int across;           ///< vectors of a block: a power of two up to 32
  std::int64_t length;  ///< positions of `reduced` that this launch needs
  std::int64_t length_of_part;
  int parts;             ///< of this launch
  part_sums<Root> sums;  ///< of columns, of the launches before and the own ones

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    std::int64_t const number = std::int64_t{arch::gpu::block_index().x / parts} * across +
                                arch::gpu::thread_rank() % across;
    int const part = arch::gpu::block_index().x % parts;
    bool const exists = number < count;
    std::int64_t const vector = exists ? number : count - 1;
    std::int64_t at[axes_walk<S>::places] = {};
    walk.place(at, vector);
    state_type s;
    finish_earlier<1>(shared, s, vector);
    std::int64_t const first = part * length_of_part;
    std::int64_t const end = first + length_of_part < length ? first + length_of_part : length;
    std::int64_t const lane = at[S::lane_axis] * Width;
    if constexpr (writes) write_results(s, at, lane, first, end, exists);
    else sum_up(shared, s, at, lane, first, end, vector, exists ? part : -1);
  }

 private:
  using held = held_elements<Width, false, false>;
  using state_type = typename Root::template state<held>;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int rank_in_column() const {
    return arch::gpu::thread_rank() / across;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int threads_of_column() const {
    return threads / across;
  }

  /// The results of pass P and those after it, before the own one, from the sums of their parts.
  template <int P>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish_earlier(shared_plan& shared, state_type& s,
                                                           std::int64_t vector) const {
    if constexpr (P < Pass) {
      acc<P> sum[Width];
      tile::unrolled<Width>([&](auto i)
                                DEEPSEEK_INLINE_LAMBDA { sum[i] = Root::template start<P>(); });
      for (int part = rank_in_column(); part < sums.parts; part += threads_of_column())
        tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          Root::template join<P>(sum[i], sums.template get<P>(vector * Width + i, part));
        });
      of_block<P>(shared, sum);
      tile::unrolled<Width>([&](auto i)
                                DEEPSEEK_INLINE_LAMBDA { root.template finish<P>(s, sum[i], i); });
      finish_earlier<P + 1>(shared, s, vector);
    }
  }
  /// f() for each position of the thread, with the state where it is.
  template <class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_position(state_type& s, std::int64_t* at,
                                                          std::int64_t lane, std::int64_t first,
                                                          std::int64_t end, F const& f) const {
    for (std::int64_t p = first + rank_in_column(); p < end; p += threads_of_column()) {
      reduced.place(at, p);
      root.seek(s, at);
      root.template fetch<Width, Pass>(s, 0, lane, lane_range{lanes, lanes});
      f();
    }
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void sum_up(shared_plan& shared, state_type& s,
                                                   std::int64_t* at, std::int64_t lane,
                                                   std::int64_t first, std::int64_t end,
                                                   std::int64_t vector, int part) const {
    typename Root::no_values const none{};
    acc<Pass> sum[Width];
    tile::unrolled<Width>([&](auto i)
                              DEEPSEEK_INLINE_LAMBDA { sum[i] = Root::template start<Pass>(); });
    each_position(s, at, lane, first, end, [&]() DEEPSEEK_INLINE_LAMBDA {
      tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        root.template step<Pass>(sum[i], s, none, element{i, lane + i});
      });
    });
    of_block<Pass>(shared, sum);
    if (rank_in_column() == 0 && part >= 0)
      tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        sums.template put<Pass>(vector * Width + i, part, sum[i]);
      });
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_results(state_type& s, std::int64_t* at,
                                                          std::int64_t lane, std::int64_t first,
                                                          std::int64_t end, bool exists) const {
    typename Root::no_values const none{};
    typename Root::template targets<held> t;
    each_position(s, at, lane, first, end, [&]() DEEPSEEK_INLINE_LAMBDA {
      root.seek_targets(t, at);
      tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        root.template compute<Pass>(s, t, none, element{i, lane + i});
      });
      if (exists) root.template write<Width>(t, 0, lane, lanes);
    });
  }

  template <int P>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void of_block(shared_plan& shared,
                                                     acc<P> (&sum)[Width]) const {
    auto const join = [](acc<P> a, acc<P> const& b) DEEPSEEK_INLINE_LAMBDA {
      Root::template join<P>(a, b);
      return a;
    };
    tile::column_reduce(sum, across, join, scratch<P>(shared.sums));
  }
  template <int P, class Scratch>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto& scratch(Scratch& s) {
    if constexpr (P == 1) return s.mine;
    else return scratch<P - 1>(s.later);
  }
};

}  // namespace deepseek::kernel
