// SPDX-License-Identifier: Apache-2.0
/// @file row_program: reductions along rows and what uses them, in passes: pass p sums up what needs the
/// results of pass p - 1; after the last pass the results are written. What a pass reads of scans is scanned
/// before, by the team, over the piece of the row that it holds.
///
/// Rows longer than registers are read piece by piece; what a later pass reads again stays in shared
/// memory, as far as the launch gave room. On GPUs with clusters several blocks may have a row together:
///
///   lane = ((access * blocks + rank of the block) * Team + thread) * Width + …
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/elementwise.hpp>  // held_elements
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/row_room.hpp>
#include <deepseek/kernel/schedule.hpp>
#include <deepseek/tile/block_reduce.hpp>
#include <deepseek/tile/cluster_reduce.hpp>
#include <deepseek/tile/piece_scan.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// row_reader: how a team of threads has a row.
enum class row_reader : unsigned char {
  held,     ///< in registers: read from memory once
  shared,   ///< in the shared memory of its blocks: read from memory once
  streamed  ///< what there is room for in shared memory; the rest in each pass anew: of any length
};

/// row_program<Root, S, Team, Width, Vectors, Reader>: Team threads share a row: 8 or 32 lanes of a warp, or
/// a block of them, or of each of the blocks of a cluster. Each has Vectors accesses of Width neighbours at
/// once.
template <class Root, class S, int Team, int Width, int Vectors, row_reader Reader>
struct row_program {
  static constexpr bool in_warp = Team <= arch::gpu::warp_size;
  static constexpr int threads = in_warp ? 128 : Team;
  static constexpr int rows_per_block = threads / Team;
  static constexpr bool is_held = Reader == row_reader::held;
  static constexpr char const* name = is_held                        ? "row_program, held"
                                      : Reader == row_reader::shared ? "row_program, shared"
                                                                     : "row_program, streamed";
  static constexpr int elements = Width * Vectors;
  static constexpr std::int64_t piece = std::int64_t{Team} * elements;  ///< of a row, at once
  static constexpr int passes = Root::level;
  /// Of an element of all operands that several passes read.
  static constexpr int kept_bytes = is_held ? 0 : Root::template kept_bytes<of_pass(passes + 1)>;
  /// Several blocks may have a row: not where it is scanned, which is done in its order.
  static constexpr bool may_be_shared = kept_bytes != 0 && Root::scan_bytes == 0;

 private:
  template <int Pass> using acc = typename Root::template acc<Pass>;
  template <int Pass> struct with_cluster {
    tile::block_reduce_scratch<acc<Pass>, threads / arch::gpu::warp_size> in_block;
    tile::cluster_reduce_scratch<acc<Pass>> in_cluster;
  };
  /// Scratch of each pass: where one is written, the one before is read by nobody.
  template <int Pass, bool Any> struct scratch_of {
    std::conditional_t<may_be_shared, with_cluster<Pass>,
                       tile::block_reduce_scratch<acc<Pass>, threads / arch::gpu::warp_size>>
        mine;
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
  using room = row_room<threads, elements>;
  struct in_block : scan_plan {
    scratch_of<1, (passes >= 1)> sums;
  };
  /// The room of what is kept lies behind it.
  struct alignas(room::alignment) before_room : in_block {};
  using shared_plan =
      std::conditional_t<in_warp, no_shared,
                         std::conditional_t<kept_bytes == 0, in_block, before_room>>;

  Root root;
  axes_walk<S> rows;      ///< the axes that are not reduced
  axes_walk<S> row_walk;  ///< the reduced ones but the lane axis
  std::int64_t row_count;
  std::int64_t lanes;
  std::int64_t positions;  ///< of row_walk; 1 where the row is held
  row_share share = {};    ///< of rows that are not held

  [[nodiscard]] std::int64_t room_bytes() const requires(kept_bytes != 0) {
    return share.kept * room::bytes_of(kept_bytes);
  }
  [[nodiscard]] int cluster_of_launch() const requires may_be_shared { return share.blocks; }

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    if (by_cluster())
      if constexpr (clusters) arch::gpu::arrive_cluster<Root>();
    std::int64_t const step =
        std::int64_t{arch::gpu::grid_blocks().x} / blocks_of_row() * rows_per_block;
    // Teams of a warp stay together: what they share are collectives of all its lanes.
    for (std::int64_t first =
             std::int64_t{arch::gpu::block_index().x} / blocks_of_row() * rows_per_block;
         first < row_count; first += step) {
      std::int64_t const row = first + arch::gpu::thread_rank() / Team;
      one_row(shared, row < row_count ? row : row_count - 1, row < row_count);
    }
    if (by_cluster())
      if constexpr (clusters) arch::gpu::wait_cluster<Root>();
  }

 private:
  static constexpr bool clusters = may_be_shared && arch::gpu::has_clusters<Root>;
  using held = held_elements<elements, is_held, false>;
  using state_type = typename Root::template state<held>;

  /// row_piece: the elements that the team holds, as scans need them: those from lane `from` on.
  struct row_piece {
    shared_plan& shared;
    std::int64_t from;
    bool first;  ///< of the row

    [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE element at(int slot) const {
      return {slot, lane_in_team(from, slot / Width) + slot % Width};
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
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool by_cluster() const {
    if constexpr (clusters) return share.blocks > 1;
    else return false;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int blocks_of_row() const {
    if constexpr (clusters) return share.blocks;
    else return 1;
  }
  /// First lane of access v of the piece that begins at `from`: the pieces of all blocks of a row are one.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t lane_of(std::int64_t from,
                                                                          int v) const {
    if constexpr (clusters)
      return lane_in_team(from,
                          v * share.blocks + (by_cluster() ? arch::gpu::cluster_rank<Root>() : 0));
    else return lane_in_team(from, v);
  }
  /// The same where a row is the work of one block or of a part of it.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t lane_in_team(std::int64_t from, int v) {
    return from + (std::int64_t{v} * Team + rank()) * Width;
  }

  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void one_row(shared_plan& shared, std::int64_t row,
                                                    bool exists) const {
    std::int64_t at[axes_walk<S>::places] = {};
    rows.place(at, row);
    state_type s;
    if constexpr (is_held) {
      root.seek(s, at);
      tile::unrolled<Vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
        root.template fetch<Width>(s, v * Width, lane_of(0, v), lane_range{lanes, lanes});
      });
    }
    pass<1>(shared, s, at, exists);
  }
  /// bring_to<Pass>: what pass Pass reads of an operand, for a piece that begins at lane `from`: from
  /// memory, or from the room, where put_into<Pass> leaves what it is the first to read and others read
  /// again.
  template <class Memory, class Read>
  static constexpr bool is_kept = Memory::template kept_bytes<Read::passes> != 0;
  template <int Pass> struct bring_to {
    row_program const& kernel;
    room here;
    bool kept;
    std::int64_t from;

    template <class Memory, class State, class Read>
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void operator()(Memory const& memory, State& s,
                                                         lane_range to, Read) const {
      if constexpr (Read::in(Pass)) {
        if constexpr (is_kept<Memory, Read> && !Read::first_in(Pass))
          if (kept) return here.template get<Read::before>(s.held);
        tile::unrolled<Vectors>([&](auto v) DEEPSEEK_INLINE_LAMBDA {
          memory.template fetch<Width>(s, v * Width, kernel.lane_of(from, v), to);
        });
      }
    }
  };
  template <int Pass> struct put_into {
    room here;

    template <class Memory, class State, class Read>
    DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void operator()(Memory const&, State& s, lane_range,
                                                         Read) const {
      if constexpr (is_kept<Memory, Read> && Read::first_in(Pass))
        here.template put<Read::before>(s.held);
    }
  };
  template <int Pass>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void bring(shared_plan& shared, state_type& s,
                                                  std::int64_t from, std::int64_t number) const {
    constexpr unsigned last = of_pass(passes + 1);
    auto* const behind = reinterpret_cast<unsigned char*>(&shared) + sizeof(shared_plan);
    room const here{behind + number * room::bytes_of(kept_bytes)};
    bool const kept = kept_bytes != 0 && (Reader == row_reader::shared || number < share.kept);
    lane_range const all{lanes, lanes};
    root.template each_read<last, 0>(s, all, bring_to<Pass>{*this, here, kept, from});
    if (kept) root.template each_read<last, 0>(s, all, put_into<Pass>{here});
  }
  /// f(lane of the piece's begin) for each piece of the row, with the state where it is.
  template <int Pass, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_piece(shared_plan& shared, state_type& s,
                                                       std::int64_t* at, F const& f) const {
    if constexpr (is_held) {
      f(std::int64_t{0});
    } else {
      std::int64_t number = 0;
      for (std::int64_t p = 0; p < positions; ++p) {
        row_walk.place(at, p);
        root.seek(s, at);
        for (std::int64_t from = 0; from < lanes; from += piece * blocks_of_row(), ++number) {
          bring<Pass>(shared, s, from, number);
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
      each_piece<Pass>(shared, s, at, [&](std::int64_t from) DEEPSEEK_INLINE_LAMBDA {
        if constexpr (Root::scan_bytes != 0) {
          row_piece piece{shared, from, from == 0};
          root.template scans_of_step<Pass>(s, no_env, piece);
        }
        tile::unrolled<elements>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
          element const e{i, lane_of(from, i / Width) + i % Width};
          root.template step<Pass>(sum, s, none, e);
        });
      });
      root.template finish<Pass>(s, of_row<Pass>(shared, sum));
      pass<Pass + 1>(shared, s, at, exists);
    } else {
      typename Root::template targets<held> t;
      each_piece<Pass>(shared, s, at, [&](std::int64_t from) DEEPSEEK_INLINE_LAMBDA {
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

  /// The sum of all threads that have the row, in each of them.
  template <int Pass, class Sum>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Sum of_row(shared_plan& shared, Sum const& sum) const {
    auto const join = [](Sum a, Sum const& b) DEEPSEEK_INLINE_LAMBDA {
      Root::template join<Pass>(a, b);
      return a;
    };
    if constexpr (in_warp) {
      return tile::team_reduce<Team>(sum, join);
    } else if constexpr (may_be_shared) {
      auto& both = scratch<Pass>(shared.sums);
      if constexpr (clusters)
        if (by_cluster())
          return tile::cluster_reduce<Root>(tile::block_reduce_once(sum, join, both.in_block), join,
                                            both.in_cluster);
      return of_block(sum, join, both.in_block);
    } else {
      return of_block(sum, join, scratch<Pass>(shared.sums));
    }
  }
  template <class Sum, class Join, class Scratch>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Sum of_block(Sum const& sum, Join const& join,
                                                           Scratch& scratch) {
    if constexpr (passes == 1) return tile::block_reduce(sum, join, scratch);
    else return tile::block_reduce_once(sum, join, scratch);
  }
  template <int Pass, class Scratch>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE auto& scratch(Scratch& s) {
    if constexpr (Pass == 1) return s.mine;
    else return scratch<Pass - 1>(s.later);
  }
};

}  // namespace deepseek::kernel
