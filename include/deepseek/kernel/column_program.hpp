// SPDX-License-Identifier: Apache-2.0
/// @file column_program: reductions along other axes than the one that is contiguous: neighbouring threads
/// have neighbouring columns, warps of a block share a column's length.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/elementwise.hpp>  // held_elements
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// column_program<Root, S, Width>: each thread has Width columns; every pass reads its part of them anew.
template <class Root, class S, int Width> struct column_program {
  static constexpr int threads = 256;
  static constexpr int parts = threads / arch::gpu::warp_size;
  static constexpr char const* name = "column_program";
  static constexpr int passes = Root::level;

 private:
  template <int Pass> using acc = typename Root::template acc<Pass>;
  template <int Pass, bool Any> struct sums_of {
    arch::gpu::shared_array<acc<Pass>, threads * Width> mine;
    sums_of<Pass + 1, (Pass < passes)> later;
  };
  template <int Pass> struct sums_of<Pass, false> {};

 public:
  /// The sums of a part of each column; of each pass in turn.
  struct shared_plan {
    sums_of<1, (passes >= 1)> sums;
  };

  Root root;
  axes_walk<S> walk;     ///< axes that are not reduced; along the lane axis, vectors
  axes_walk<S> reduced;  ///< axes that are
  std::int64_t count;    ///< of vectors
  std::int64_t lanes;
  std::int64_t length;  ///< of a column: positions of `reduced`

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    constexpr int vectors = arch::gpu::warp_size;
    std::int64_t const step = std::int64_t{arch::gpu::grid_blocks().x} * vectors;
    for (std::int64_t first = std::int64_t{arch::gpu::block_index().x} * vectors; first < count;
         first += step) {
      columns(shared, first + arch::gpu::lane_rank());
      arch::gpu::sync_block();
    }
  }

 private:
  using held = held_elements<Width, false, false>;
  using state_type = typename Root::template state<held>;

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void columns(shared_plan& shared,
                                                    std::int64_t number) const {
    bool const exists = number < count;
    std::int64_t at[axes_walk<S>::places] = {};
    walk.place(at, exists ? number : count - 1);
    std::int64_t const lane = at[S::lane_axis] * Width;
    state_type s;
    pass<1>(shared, s, at, lane, exists);
  }
  template <class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_position(state_type& s, std::int64_t* at,
                                                          std::int64_t lane, F const& f) const {
    for (std::int64_t p = arch::gpu::warp_rank(); p < length; p += parts) {
      reduced.place(at, p);
      root.seek(s, at);
      root.template fetch<Width>(s, 0, lane, lane_range{lanes, lanes});
      f();
    }
  }

  template <int Pass>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void pass(shared_plan& shared, state_type& s,
                                                 std::int64_t* at, std::int64_t lane,
                                                 bool exists) const {
    typename Root::no_values const none{};
    if constexpr (Pass <= passes) {
      using sum_type = acc<Pass>;
      sum_type sum[Width];
      tile::unrolled<Width>([&](auto i)
                                DEEPSEEK_INLINE_LAMBDA { sum[i] = Root::template start<Pass>(); });
      each_position(s, at, lane, [&]() DEEPSEEK_INLINE_LAMBDA {
        tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          root.template step<Pass>(sum[i], s, none, element{i, lane + i});
        });
      });
      auto& sums = place<Pass>(shared.sums);
      tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        sums[i * threads + arch::gpu::thread_rank()] = sum[i];
      });
      arch::gpu::sync_block();
      tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        sum_type all = sums[i * threads + arch::gpu::lane_rank()];
        for (int part = 1; part < parts; ++part)
          Root::template join<Pass>(
              all, sums[i * threads + part * arch::gpu::warp_size + arch::gpu::lane_rank()]);
        root.template finish<Pass>(s, all, i);
      });
      pass<Pass + 1>(shared, s, at, lane, exists);
    } else {
      typename Root::template targets<held> t;
      each_position(s, at, lane, [&]() DEEPSEEK_INLINE_LAMBDA {
        root.seek_targets(t, at);
        tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          root.template compute<Pass>(s, t, none, element{i, lane + i});
        });
        if (exists) root.template write<Width>(t, 0, lane, lanes);
      });
    }
  }
  template <int Pass, class Sums> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto& place(Sums& s) {
    if constexpr (Pass == 1) return s.mine;
    else return place<Pass - 1>(s.later);
  }
};

}  // namespace deepseek::kernel
