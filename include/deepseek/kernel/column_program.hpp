// SPDX-License-Identifier: Apache-2.0
/// @file column_program: reductions and scans along other axes than the one that is contiguous: neighbouring
/// threads have neighbouring columns; warps of a block share a column's length, or each thread walks its own.
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
/// Where there are scans the part is all of them, in their order.
template <class Root, class S, int Width> struct column_program {
  static constexpr bool scans = Root::scan_bytes != 0;
  static constexpr int threads = scans ? 64 : 256;
  static constexpr int parts = scans ? 1 : threads / arch::gpu::warp_size;
  static constexpr int vectors_per_block = threads / parts;
  static constexpr char const* name = scans ? "column_program, in order" : "column_program";
  static constexpr int passes = Root::level;

 private:
  template <int Pass> using acc = typename Root::template acc<Pass>;
  template <int Pass, bool Any> struct sums_of {
    arch::gpu::shared_array<acc<Pass>, threads * Width> mine;
    sums_of<Pass + 1, (Pass < passes)> later;
  };
  template <int Pass> struct sums_of<Pass, false> {};
  struct sums_plan {
    sums_of<1, (passes >= 1)> sums;
  };

 public:
  /// The sums of a part of each column; of each pass in turn.
  using shared_plan = std::conditional_t<parts == 1, no_shared, sums_plan>;

  Root root;
  axes_walk<S> walk;     ///< axes that are not reduced; along the lane axis, vectors
  axes_walk<S> reduced;  ///< axes that are
  std::int64_t count;    ///< of vectors
  std::int64_t lanes;
  std::int64_t length;  ///< of a column: positions of `reduced`

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    std::int64_t const step = std::int64_t{arch::gpu::grid_blocks().x} * vectors_per_block;
    for (std::int64_t first = std::int64_t{arch::gpu::block_index().x} * vectors_per_block;
         first < count; first += step) {
      columns(shared, first + arch::gpu::thread_rank() % vectors_per_block);
      if constexpr (parts > 1) arch::gpu::sync_block();
    }
  }

 private:
  using held = held_elements<Width, false, false>;
  using state_type = typename Root::template state<held>;

  /// column_piece: one element of each of the thread's columns, as scans need them.
  struct column_piece {
    std::int64_t lane;
    bool first;  ///< of the columns

    [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE element at(int slot) const {
      return {slot, lane + slot};
    }
    template <class T, class Join>
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scan(T (&value)[Width], T (&carry)[Width],
                                                   Join const& join) const {
      tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        carry[i] = join(carry[i], value[i]);
        value[i] = carry[i];
      });
    }
  };

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void columns(shared_plan& shared,
                                                    std::int64_t number) const {
    bool const exists = number < count;
    std::int64_t at[axes_walk<S>::places] = {};
    walk.place(at, exists ? number : count - 1);
    std::int64_t const lane = at[S::lane_axis] * Width;
    state_type s;
    pass<1>(shared, s, at, lane, exists);
  }
  template <int Pass, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_position(state_type& s, std::int64_t* at,
                                                          std::int64_t lane, F const& f) const {
    for (std::int64_t p = parts == 1 ? 0 : arch::gpu::warp_rank(); p < length; p += parts) {
      reduced.place(at, p);
      root.seek(s, at);
      root.template fetch<Width, Pass>(s, 0, lane, lane_range{lanes, lanes});
      f(p == 0);
    }
  }

  template <int Pass>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void pass(shared_plan& shared, state_type& s,
                                                 std::int64_t* at, std::int64_t lane,
                                                 bool exists) const {
    typename Root::no_values const none{};
    [[maybe_unused]] auto const no_env = [none](element) DEEPSEEK_INLINE_LAMBDA { return none; };
    if constexpr (Pass <= passes) {
      using sum_type = acc<Pass>;
      sum_type sum[Width];
      tile::unrolled<Width>([&](auto i)
                                DEEPSEEK_INLINE_LAMBDA { sum[i] = Root::template start<Pass>(); });
      each_position<Pass>(s, at, lane, [&]([[maybe_unused]] bool first) DEEPSEEK_INLINE_LAMBDA {
        if constexpr (scans) {
          column_piece piece{lane, first};
          root.template scans_of_step<Pass>(s, no_env, piece);
        }
        tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          root.template step<Pass>(sum[i], s, none, element{i, lane + i});
        });
      });
      if constexpr (parts > 1) join_parts<Pass>(sum, place<Pass>(shared.sums));
      tile::unrolled<Width>(
          [&](auto i) DEEPSEEK_INLINE_LAMBDA { root.template finish<Pass>(s, sum[i], i); });
      pass<Pass + 1>(shared, s, at, lane, exists);
    } else {
      typename Root::template targets<held> t;
      each_position<Pass>(s, at, lane, [&]([[maybe_unused]] bool first) DEEPSEEK_INLINE_LAMBDA {
        root.seek_targets(t, at);
        if constexpr (scans) {
          column_piece piece{lane, first};
          root.template scans_of_load<Pass>(s, no_env, piece);
        }
        tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          root.template compute<Pass>(s, t, none, element{i, lane + i});
        });
        if (exists) root.template write<Width>(t, 0, lane, lanes);
      });
    }
  }
  /// The sums of all parts in each of their threads.
  template <int Pass, class Sums>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join_parts(acc<Pass> (&sum)[Width], Sums& sums) {
    tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      sums[i * threads + arch::gpu::thread_rank()] = sum[i];
    });
    arch::gpu::sync_block();
    tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      acc<Pass> all = sums[i * threads + arch::gpu::lane_rank()];
      for (int part = 1; part < parts; ++part)
        Root::template join<Pass>(
            all, sums[i * threads + part * arch::gpu::warp_size + arch::gpu::lane_rank()]);
      sum[i] = all;
    });
  }
  template <int Pass, class Sums> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto& place(Sums& s) {
    if constexpr (Pass == 1) return s.mine;
    else return place<Pass - 1>(s.later);
  }
};

}  // namespace deepseek::kernel
