// SPDX-License-Identifier: Apache-2.0
/// @file Reductions of consecutive slices: a team of a block's threads for each segment, or part of one.
///
///   y[s, i] = x[begin, i] joined with … x[end - 1, i],   begin = offset[s], end = offset[s + 1]
///
/// Who joins what depends on extents alone, so that every run gives the same bits. Offsets are held
/// to 0 … slices and to the one before, so that nothing is read outside.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/tile/lane_exchange.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// segment_team: threads that share a segment: `lanes` neighbours of a slice by `rows` slices at a time, both
/// powers of two, lanes at most 32; and into how many parts each segment is cut.
struct segment_team {
  static constexpr int threads = 256;  ///< of a block, whose teams take segments side by side
  int lanes;
  int rows;
  int parts;

  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr int teams() const {
    return threads / (lanes * rows);
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::int64_t tiles(std::int64_t inner) const {
    return (inner + lanes - 1) / lanes;
  }
  /// Pieces that blocks take: some segments, or parts, by `lanes` neighbours.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr std::int64_t pieces(std::int64_t segments,
                                                                   std::int64_t inner) const {
    return (segments * parts + teams() - 1) / teams() * tiles(inner);
  }
};

/// segment_team_for(segments, slices, inner, blocks): for segments of average length, so that there is work
/// for so many blocks.
[[nodiscard]] constexpr segment_team segment_team_for(std::int64_t segments, std::int64_t slices,
                                                      std::int64_t inner, int blocks) {
  constexpr std::int64_t slices_of_thread = 4;  // for fewer, other threads are not worth it
  constexpr std::int64_t slices_of_part = 8;    // of a thread
  segment_team team{1, 1, 1};
  while (team.lanes < arch::gpu::warp_size && team.lanes < inner) team.lanes *= 2;
  std::int64_t const average = segments > 0 ? slices / segments : 0;
  while (team.lanes * team.rows < segment_team::threads && team.rows * slices_of_thread < average)
    team.rows *= 2;
  std::int64_t const own = team.pieces(segments, inner);
  if (own == 0 || own >= blocks) return team;
  std::int64_t const wanted = (blocks + own - 1) / own;
  std::int64_t const most = average / (team.rows * slices_of_part);
  if (most > 1) team.parts = static_cast<int>(wanted < most ? wanted : most);
  return team;
}

namespace detail {
/// segment_range: slices of one segment.
struct segment_range {
  std::int64_t begin;
  std::int64_t count;
};
template <class Index>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE segment_range segment_at(Index const* offsets,
                                                              std::int64_t step, std::int64_t s,
                                                              std::int64_t slices) {
  auto const held = [](std::int64_t v, std::int64_t low, std::int64_t high) {
    return v < low ? low : v > high ? high : v;
  };
  auto const at = [&](std::int64_t i) {
    return static_cast<std::int64_t>(arch::gpu::load(offsets + i * step));
  };
  std::int64_t const begin = held(at(s), 0, slices);
  return {begin, held(at(s + 1), begin, slices) - begin};
}
}  // namespace detail

/// segment_reduce<Reduce, T, Y, Index>: any grid in x. Where the team cuts segments into parts, their states
/// go to `states`, for segment_join; else the results to y.
template <class Reduce, deepseek::element T, deepseek::element Y, deepseek::element Index>
struct segment_reduce {
  static constexpr char const* name = "segment_reduce";
  static constexpr int threads = segment_team::threads;
  using state = typename Reduce::template accumulator<T>;
  struct shared_plan {
    arch::gpu::shared_array<state, threads> of_thread;
  };

  T const* x;            ///< [slices, inner]
  Index const* offsets;  ///< [segments + 1], each `offset_step` after the one before
  Y* y;                  ///< [segments, inner], where there is one part
  state* states;         ///< [segments, parts, inner], where there are more
  std::int64_t offset_step;
  std::int64_t segments;
  std::int64_t slices;
  std::int64_t inner;
  segment_team team;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    std::int64_t const pieces = team.pieces(segments, inner);
    for (std::int64_t p = arch::gpu::block_index().x; p < pieces; p += arch::gpu::grid_blocks().x)
      run_piece(p, shared);
  }

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void run_piece(std::int64_t piece,
                                                      shared_plan& shared) const {
    std::int64_t const tiles = team.tiles(inner);
    int const size = team.lanes * team.rows;
    int const rank = arch::gpu::thread_rank() % size;
    int const row = rank / team.lanes;
    std::int64_t const unit = piece / tiles * team.teams() + arch::gpu::thread_rank() / size;
    std::int64_t const column = piece % tiles * team.lanes + rank % team.lanes;
    std::int64_t const segment = unit / team.parts;
    bool const inside = segment < segments && column < inner;
    state own = Reduce::template start_of<T, state>();
    std::int64_t count = 0;
    if (inside) {
      auto const all = detail::segment_at(offsets, offset_step, segment, slices);
      count = all.count;
      std::int64_t const part = unit % team.parts;
      std::int64_t const begin = all.count * part / team.parts;
      std::int64_t const end = all.count * (part + 1) / team.parts;
      own = join_slices(x + (all.begin + begin + row) * inner + column, end - begin - row);
    }
    own = join_rows(own, shared);
    if (!inside || row != 0) return;
    if (team.parts > 1) arch::gpu::store(states + unit * inner + column, own);
    else arch::gpu::store(y + unit * inner + column, Reduce::template result_of<Y>(own, count));
  }
  /// The state of a thread: every rows-th slice of `count`.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE state join_slices(T const* from, std::int64_t count) const {
    constexpr int at_once = 4;
    state own = Reduce::template start_of<T, state>();
    std::int64_t const step = team.rows * inner;
    std::int64_t left = count <= 0 ? 0 : (count + team.rows - 1) / team.rows;
    for (; left >= at_once; left -= at_once, from += at_once * step) {
      T value[at_once];
      tile::unrolled<at_once>(
          [&](auto i) DEEPSEEK_INLINE_LAMBDA { value[i] = arch::gpu::load(from + i * step); });
      tile::unrolled<at_once>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        own = Reduce::join(own, convert<state>(value[i]));
      });
    }
    for (; left > 0; --left, from += step)
      own = Reduce::join(own, convert<state>(arch::gpu::load(from)));
    return own;
  }
  /// The states of a team's rows in one, in its first row; by all threads of the block.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE state join_rows(state own, shared_plan& shared) const {
    int const rank = arch::gpu::thread_rank();
    int apart = team.lanes * team.rows / 2;
    for (; apart >= arch::gpu::warp_size; apart /= 2) {
      shared.of_thread[rank] = own;
      arch::gpu::sync_block();
      state const other = shared.of_thread[rank ^ apart];
      arch::gpu::sync_block();
      own = Reduce::join(own, other);
    }
    for (; apart >= team.lanes; apart /= 2) own = Reduce::join(own, tile::from_xor(own, apart));
    return own;
  }
};

/// segment_join<Reduce, T, Y, Index>: any grid in x, a thread an element of the result: states of parts,
/// joined in their order.
template <class Reduce, deepseek::element T, deepseek::element Y, deepseek::element Index>
struct segment_join {
  static constexpr char const* name = "segment_join";
  static constexpr int threads = 256;
  struct shared_plan {};
  using state = typename Reduce::template accumulator<T>;

  state const* states;   ///< [segments, parts, inner]
  Index const* offsets;  ///< [segments + 1], each `offset_step` after the one before
  Y* y;                  ///< [segments, inner]
  std::int64_t offset_step;
  std::int64_t segments;
  std::int64_t slices;
  std::int64_t inner;
  int parts;

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    std::int64_t const step = std::int64_t{arch::gpu::grid_blocks().x} * threads;
    for (std::int64_t i =
             std::int64_t{arch::gpu::block_index().x} * threads + arch::gpu::thread_rank();
         i < segments * inner; i += step)
      join(i / inner, i % inner, i);
  }

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join(std::int64_t segment, std::int64_t column,
                                                 std::int64_t number) const {
    state const* from = states + segment * parts * inner + column;
    state joined = arch::gpu::load(from);
    for (int part = 1; part < parts; ++part)
      joined = Reduce::join(joined, arch::gpu::load(from + part * inner));
    auto const all = detail::segment_at(offsets, offset_step, segment, slices);
    arch::gpu::store(y + number, Reduce::template result_of<Y>(joined, all.count));
  }
};

}  // namespace deepseek::kernel
