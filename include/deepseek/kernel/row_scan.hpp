// SPDX-License-Identifier: Apache-2.0
/// @file Running joins along each row: cumulative sums, products, extremes.
///
///   output[r, i] = join(… join(join(start, input[r, 0]), input[r, 1]) …, input[r, i])
///
/// Joins need only associate. What does not quite (sums of floats) depends on Width and on the
/// number of threads, and on nothing else.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/tile/block_scan.hpp>
#include <deepseek/tile/unrolled.hpp>
#include <deepseek/tile/vector_access.hpp>

namespace deepseek::kernel {

/// scan_team: who goes along a row: for long rows the block, for short ones (up to a few hundred) a
/// warp.
enum class scan_team : unsigned char { warp, block };

/// row_scan<T, Out, State, Join, Width, Team>: any grid in x; blocks of whole warps. Rows begin at
/// multiples of
/// Width elements' bytes, both those of T and of Out.
template <deepseek::element T, deepseek::element Out, class State, class Join, int Width = 1,
          scan_team Team = scan_team::block>
struct row_scan {
  struct block_plan {
    tile::block_scan_scratch<State> scan;
  };
  struct no_plan {};
  using shared_plan = std::conditional_t<Team == scan_team::block, block_plan, no_plan>;

  T const* input;  ///< [rows, columns]
  Out* output;     ///< [rows, columns]
  std::int64_t input_stride;
  std::int64_t output_stride;
  std::int64_t rows;
  std::int64_t columns;
  State start;
  Join join{};

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    int const warps = arch::gpu::block_threads() / arch::gpu::warp_size;
    std::int64_t const teams = arch::gpu::grid_blocks().x * std::int64_t{by_block ? 1 : warps};
    std::int64_t const team =
        by_block ? arch::gpu::block_index().x
                 : arch::gpu::block_index().x * std::int64_t{warps} + arch::gpu::warp_rank();
    for (std::int64_t r = team; r < rows; r += teams)
      scan_row(input + r * input_stride, output + r * output_stride, shared);
  }

 private:
  static constexpr bool by_block = Team == scan_team::block;

  /// Width elements a thread at a time; the next ones are on their way while those are scanned.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scan_row(T const* from, Out* to,
                                                     shared_plan& shared) const {
    int const threads = by_block ? arch::gpu::block_threads() : arch::gpu::warp_size;
    int const rank = by_block ? arch::gpu::thread_rank() : arch::gpu::lane_rank();
    std::int64_t const step = std::int64_t{threads} * Width;
    State carry = start;
    auto next = load(from, rank * Width);
    for (std::int64_t begin = 0; begin < columns; begin += step) {
      std::int64_t const first = begin + rank * Width;
      auto const here = next;
      if (begin + step < columns) next = load(from, first + step);
      tile::store_row<Width>(to, first, Width, columns, scan_piece(here, carry, shared));
    }
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE tile::held<T, Width> load(T const* from,
                                                                 std::int64_t first) const {
    // What is beyond the end joins only what is farther beyond.
    return tile::load_row<Width, Width>(from, first, Width, columns, T{});
  }
  /// The thread's part of the result; carry becomes the join of all up to here, in every thread.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE tile::held<Out, Width> scan_piece(
      tile::held<T, Width> const& piece, State& carry, shared_plan& shared) const {
    State own = static_cast<State>(piece[0]);
    tile::unrolled<Width - 1>(
        [&](auto i) DEEPSEEK_INLINE_LAMBDA { own = join(own, static_cast<State>(piece[i + 1])); });
    auto const around = scan_team_of(own, carry, shared);
    carry = around.total;
    State running = around.value;
    tile::held<Out, Width> result;
    tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      running = join(running, static_cast<State>(piece[i]));
      result[i] = static_cast<Out>(running);
    });
    return result;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE tile::scanned<State> scan_team_of(
      State const& own, State const& carry, shared_plan& shared) const {
    if constexpr (by_block) return tile::block_exclusive_scan(own, carry, join, shared.scan);
    else return tile::warp_exclusive_scan(own, carry, join);
  }
};

}  // namespace deepseek::kernel
