// SPDX-License-Identifier: Apache-2.0
/// @file Which tiles of keys a block visits: the score says of each what its masks do to it, a thread a tile.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/gpu/warp.hpp>
#include <deepseek/kernel/attention_score.hpp>

namespace deepseek::kernel {

/// tile_bits: of up to `most` tiles, a bit whether the tile is visited, and one whether masks cut it.
struct tile_bits {
  static constexpr int words = 32;
  static constexpr int most = words * 32;
  arch::gpu::shared_array<std::uint32_t, words> visited;
  arch::gpu::shared_array<std::uint32_t, words> masked;
};

/// find_tiles(bits, first, end, use): use(tile) of tiles first to end, at most tile_bits::most. By all
/// threads of the block, which see it after a barrier.
template <class Use>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void find_tiles(tile_bits& bits, int first, int end,
                                                     Use const& use) {
  int const lane = arch::gpu::lane_rank();
  int const warps = arch::gpu::block_threads() / arch::gpu::warp_size;
  for (int word = arch::gpu::warp_rank(); first + word * 32 < end; word += warps) {
    int const tile = first + word * 32 + lane;
    tile_use const u = tile < end ? use(tile) : tile_use::empty;
    std::uint32_t const visited = arch::gpu::ballot(u != tile_use::empty);
    std::uint32_t const masked = arch::gpu::ballot(u == tile_use::masked);
    if (lane == 0) {
      bits.visited[word] = visited;
      bits.masked[word] = masked;
    }
  }
}

/// next_tile(bits, first, tile, end): the first tile from `tile` on that is visited; end: none.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int next_tile(tile_bits& bits, int first, int tile, int end) {
  while (tile < end) {
    int const number = tile - first;
    std::uint32_t const left =
        static_cast<std::uint32_t>(bits.visited[number / 32]) >> (number % 32);
    if (left != 0) return tile + __builtin_popcount((left & (0u - left)) - 1);
    tile = first + (number / 32 + 1) * 32;
  }
  return end;
}
/// is_masked(bits, number): of a tile that is visited; number: from the first on.
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool is_masked(tile_bits& bits, int number) {
  return (static_cast<std::uint32_t>(bits.masked[number / 32]) >> (number % 32) & 1u) != 0;
}

/// visit_tiles<Scored>(bits, first, end, use, begin, visit): begin(tile) for the first that is visited, or
/// several times, of each tile_bits::most; visit(tile, masked, next) of each, next: -1 where begin is called
/// again or none is left. All threads of a block do the same; visit has a barrier between all use of `next`
/// and its own end.
template <bool Scored, class Use, class Begin, class Visit>
DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void visit_tiles(tile_bits& bits, int first, int end,
                                                      Use const& use, Begin const& begin,
                                                      Visit const& visit) {
  if constexpr (!Scored) {
    if (first < end) begin(first);
    for (int tile = first; tile < end; ++tile) visit(tile, false, tile + 1 < end ? tile + 1 : -1);
  } else {
    for (; first < end; first += tile_bits::most) {
      int const stop = end - first < tile_bits::most ? end : first + tile_bits::most;
      arch::gpu::sync_block();  // the bits before have been read
      find_tiles(bits, first, stop, use);
      arch::gpu::sync_block();
      int tile = next_tile(bits, first, first, stop);
      if (tile < stop) begin(tile);
      while (tile < stop) {
        bool const masked = is_masked(bits, tile - first);
        int const next = next_tile(bits, first, tile + 1, stop);
        visit(tile, masked, next < stop ? next : -1);
        tile = next;
      }
    }
  }
}

}  // namespace deepseek::kernel
