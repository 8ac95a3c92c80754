// SPDX-License-Identifier: Apache-2.0
/// @file row_program: reductions along rows and what uses them, in passes: pass p sums up what needs the
/// results of pass p - 1; after the last pass the results are written. What a pass reads of scans is scanned
/// before, by the team, over the piece of the row that it holds.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/elementwise.hpp>  // held_elements
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/tile/block_reduce.hpp>
#include <deepseek/tile/piece_scan.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// row_reader: how a team of threads has a row.
enum class row_reader : unsigned char {
  held,     ///< in registers: read from memory once
  streamed  ///< piece by piece, in each pass anew: of any length
};

/// row_program<Root, S, Team, Width, Vectors, Reader>: Team threads share a row: 8 or 32 lanes of a warp, or
/// a block of them. Each has Vectors accesses of Width neighbours at once.
template <class Root, class S, int Team, int Width, int Vectors, row_reader Reader>
struct row_program {
  static constexpr bool in_warp = Team <= arch::gpu::warp_size;
  static constexpr int threads = in_warp ? 128 : Team;
  static constexpr int rows_per_block = threads / Team;
  static constexpr char const* name =
      Reader == row_reader::held ? "row_program, held" : "row_program, streamed";
  static constexpr int elements = Width * Vectors;
  static constexpr std::int64_t piece = std::int64_t{Team} * elements;  ///< of a row, at once
  static constexpr int passes = Root::level;

 private:
  template <int Pass> using acc = typename Root::template acc<Pass>;
  /// Scratch of each pass: where one is written, the one before is read by nobody.
  template <int Pass, bool Any> struct scratch_of {
    tile::block_reduce_scratch<acc<Pass>, threads / arch::gpu::warp_size> mine;
    scratch_of<Pass + 1, (Pass < passes)> later;
  };
  template <int Pass> struct scratch_of<Pass, false> {};
  struct no_scan {};
  template <int Bytes> struct scan_scratch {
    tile::piece_scan_scratch<Bytes, Vectors, threads / arch::gpu::warp_size> scan;
  };
  using scan_plan = std::conditional_t<Root::scan_bytes == 0, no_scan,
                                       scan_scratch<(Root::scan_bytes > 4 ? 8 : 4)>>;

 public:
  struct in_block : scan_plan {
    scratch_of<1, (passes >= 1)> sums;
  };
  using shared_plan = std::conditional_t<in_warp, no_shared, in_block>;

  Root root;
  axes_walk<S> rows;      ///< the axes that are not reduced
  axes_walk<S> row_walk;  ///< the reduced ones but the lane axis
  std::int64_t row_count;
  std::int64_t lanes;
  std::int64_t positions;  ///< of row_walk; 1 where the row is held

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    std::int64_t const step = std::int64_t{arch::gpu::grid_blocks().x} * rows_per_block;
    // Teams of a warp stay together: what they share are collectives of all its lanes.
    for (std::int64_t first = std::int64_t{arch::gpu::block_index().x} * rows_per_block;
         first < row_count; first += step) {
      std::int64_t const row = first + arch::gpu::thread_rank() / Team;
      one_row(shared, row < row_count ? row : row_count - 1, row < row_count);
    }
  }

 private:
  using held = held_elements<elements, Reader == row_reader::held, false>;
  using state_type = typename Root::template state<held>;

  /// row_piece: the elements that the team holds, as scans need them: those from lane `from` on.
  struct row_piece {
    shared_plan& shared;
    std::int64_t from;
    bool first;  ///< of the row

    [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE element at(int slot) const {
      return {slot, lane_of(from, slot / Width) + slot % Width};
    }
    /// scan(value, carry, join): value[i] becomes the join of all of the row up to it; carry of all so far.
    template <class T, class Join>
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scan(T (&value)[elements], T (&carry)[1],
                                                   Join const& join) const {
      if constexpr (in_warp) carry[0] = tile::team_piece_scan<Team, Width>(value, carry[0], join);
      else carry[0] = tile::block_piece_scan<Width>(value, carry[0], join, shared.scan);
    }
  };

  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int rank() {
    return in_warp ? arch::gpu::thread_rank() % Team : arch::gpu::thread_rank();
  }
  /// First lane of access v of the piece that begins at `from`.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t lane_of(std::int64_t from, int v) {
    return from + (std::int64_t{v} * Team + rank()) * Width;
  }

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void one_row(shared_plan& shared, std::int64_t row,
                                                    bool exists) const {
    std::int64_t at[axes_walk<S>::places] = {};
    rows.place(at, row);
    state_type s;
    if constexpr (Reader == row_reader::held) {
      root.seek(s, at);
      fetch<1>(s, 0);
    }
    pass<1>(shared, s, at, exists);
  }
  /// What passes from Pass on need.
  template <int Pass>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(state_type& s, std::int64_t from) const {
    tile::unrolled<Vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
      root.template fetch<Width, Pass>(s, v * Width, lane_of(from, v), lane_range{lanes, lanes});
    });
  }
  /// f(lane of the piece's begin) for each piece of the row, with the state where it is.
  template <int Pass, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_piece(state_type& s, std::int64_t* at,
                                                       F const& f) const {
    if constexpr (Reader == row_reader::held) {
      f(std::int64_t{0});
    } else {
      for (std::int64_t p = 0; p < positions; ++p) {
        row_walk.place(at, p);
        root.seek(s, at);
        for (std::int64_t from = 0; from < lanes; from += piece) {
          fetch<Pass>(s, from);
          f(from);
        }
      }
    }
  }

  template <int Pass>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void pass(shared_plan& shared, state_type& s,
                                                 std::int64_t* at, bool exists) const {
    typename Root::no_values const none{};
    auto const no_env = [none](element) DEEPSEEK_INLINE_LAMBDA { return none; };
    if constexpr (Pass <= passes) {
      auto sum = Root::template start<Pass>();
      each_piece<Pass>(s, at, [&](std::int64_t from) DEEPSEEK_INLINE_LAMBDA {
        if constexpr (Root::scan_bytes != 0) {
          row_piece piece{shared, from, from == 0};
          root.template scans_of_step<Pass>(s, no_env, piece);
        }
        tile::unrolled<elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          element const e{i, lane_of(from, i / Width) + i % Width};
          root.template step<Pass>(sum, s, none, e);
        });
      });
      root.template finish<Pass>(s, of_team<Pass>(shared, sum));
      pass<Pass + 1>(shared, s, at, exists);
    } else {
      typename Root::template targets<held> t;
      each_piece<Pass>(s, at, [&](std::int64_t from) DEEPSEEK_INLINE_LAMBDA {
        root.seek_targets(t, at);
        if constexpr (Root::scan_bytes != 0) {
          row_piece piece{shared, from, from == 0};
          root.template scans_of_load<Pass>(s, no_env, piece);
        }
        tile::unrolled<elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          root.template compute<Pass>(s, t, none, element{i, lane_of(from, i / Width) + i % Width});
        });
        if (exists)
          tile::unrolled<Vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
            root.template write<Width>(t, v * Width, lane_of(from, v), lanes);
          });
      });
    }
  }

  template <int Pass, class Sum>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Sum of_team(shared_plan& shared, Sum const& sum) {
    auto const join = [](Sum a, Sum const& b) DEEPSEEK_INLINE_LAMBDA {
      Root::template join<Pass>(a, b);
      return a;
    };
    if constexpr (in_warp) return tile::team_reduce<Team>(sum, join);
    else if constexpr (passes == 1)
      return tile::block_reduce(sum, join, scratch<Pass>(shared.sums));
    else return tile::block_reduce_once(sum, join, scratch<Pass>(shared.sums));
  }
  template <int Pass, class Scratch>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto& scratch(Scratch& s) {
    if constexpr (Pass == 1) return s.mine;
    else return scratch<Pass - 1>(s.later);
  }
};

}  // namespace deepseek::kernel
