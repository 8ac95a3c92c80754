// SPDX-License-Identifier: Apache-2.0
/// @file How many elements belong to each bin: counted by each block in shared memory, then added up; in
/// global memory where there are too many bins.
///
///   counts[b] += #{i : bin_of(input[i]) == b},   b = 0 … bins - 1
///
/// Counts are integers, so they are the same every time. An element whose bin is none of these is
/// not counted.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/atomic.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/base/bins.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/tile/stream_row.hpp>

namespace deepseek::kernel {

/// histogram<T, BinOf, MaxBins>: any grid in x, blocks of any size with fewer than 2^32 elements each;
/// bins <= MaxBins. The counts are to be set, to zeros or to what is to be added to, before.
template <deepseek::element T, class BinOf = own_bin, int MaxBins = 4096> struct histogram {
  static constexpr char const* name = "histogram";
  static constexpr int threads = 256;
  struct shared_plan {
    arch::gpu::shared_array<std::uint32_t, MaxBins> count;
  };

  T const* input;         ///< [elements]
  std::uint64_t* counts;  ///< [bins]
  std::int64_t elements;
  int bins;
  BinOf bin_of{};

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    clear(shared);
    count(shared);
    add_up(shared);
  }

 private:
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void clear(shared_plan& shared) const {
    for (int b = arch::gpu::thread_rank(); b < bins; b += arch::gpu::block_threads())
      shared.count[b] = 0;
    arch::gpu::sync_block();
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void count(shared_plan& shared) const {
    std::int64_t const threads = arch::gpu::block_threads();
    std::int64_t const rank = arch::gpu::block_index().x * threads + arch::gpu::thread_rank();
    tile::stream_row(input, std::int64_t{0}, elements, rank, threads * arch::gpu::grid_blocks().x,
                     [&](T const& value, std::int64_t) DEEPSEEK_INLINE_LAMBDA {
                       std::int64_t const b = bin_of(value);
                       if (b >= 0 && b < bins)
                         arch::gpu::atomic_add(shared.count[static_cast<int>(b)], 1u);
                     });
    arch::gpu::sync_block();
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void add_up(shared_plan& shared) const {
    for (int b = arch::gpu::thread_rank(); b < bins; b += arch::gpu::block_threads()) {
      std::uint32_t const own = shared.count[b];
      if (own != 0) arch::gpu::atomic_add(counts + b, own);
    }
  }
};

/// histogram_of_many<T, BinOf>: the same for any number of bins, counted where they are: with as many, few
/// threads meet at one.
template <deepseek::element T, class BinOf = own_bin> struct histogram_of_many {
  static constexpr char const* name = "histogram_of_many";
  static constexpr int threads = 256;
  struct shared_plan {};

  T const* input;         ///< [elements]
  std::uint64_t* counts;  ///< [bins]
  std::int64_t elements;
  int bins;
  BinOf bin_of{};

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    std::int64_t const in_block = arch::gpu::block_threads();
    std::int64_t const rank = arch::gpu::block_index().x * in_block + arch::gpu::thread_rank();
    tile::stream_row(input, std::int64_t{0}, elements, rank, in_block * arch::gpu::grid_blocks().x,
                     [&](T const& value, std::int64_t) DEEPSEEK_INLINE_LAMBDA {
                       std::int64_t const b = bin_of(value);
                       if (b >= 0 && b < bins) arch::gpu::atomic_add(counts + b, std::uint64_t{1});
                     });
  }
};

}  // namespace deepseek::kernel
