// SPDX-License-Identifier: Apache-2.0
/// @file Rows of keys with places in order, digit by digit from the lowest: one digit of 8 bits takes three
/// launches, count_digits, scan_digits and move_digits. Stable.
///
/// A row is cut into tiles, each the work of a block. A tile's items of one digit go behind those of
/// lower digits and those of the same digit in earlier tiles.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/atomic.hpp>
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/shared.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/arch/gpu/warp.hpp>
#include <deepseek/kernel/row_scan.hpp>
#include <deepseek/tile/block_scan.hpp>
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::kernel {

/// digit_tiles<Key>: how rows are cut, and which digit it is.
template <class Key> struct digit_tiles {
  static constexpr int bits = 8;
  static constexpr int bins = 1 << bits;
  static constexpr int threads = bins;                     ///< a thread for each digit
  static constexpr int items = sizeof(Key) == 8 ? 8 : 16;  ///< of a thread
  static constexpr int size = threads * items;

  std::int64_t rows;
  std::int64_t columns;
  int shift;  ///< bits below the digit

  [[nodiscard]] DEEPSEEK_HOST_DEVICE std::int64_t tiles() const {
    return (columns + size - 1) / size;
  }
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int digit(Key key) const {
    return static_cast<int>(key >> shift) & (bins - 1);
  }
  /// f(row, tile) for those of this block, by all of its threads.
  template <class F> DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void for_each_tile(F const& f) const {
    std::int64_t const of_row = tiles();
    for (std::int64_t i = arch::gpu::block_index().x; i < rows * of_row;
         i += arch::gpu::grid_blocks().x)
      f(i / of_row, i % of_row);
  }
};

/// count_digits<Key>: any grid in x: how many keys of each tile have each digit.
template <class Key> struct count_digits {
  using tiles = digit_tiles<Key>;
  static constexpr char const* name = "count_digits";
  static constexpr int threads = tiles::threads;
  struct shared_plan {
    arch::gpu::shared_array<std::uint32_t, tiles::bins> count;
  };

  Key const* keys;       ///< [rows, columns]
  std::int32_t* counts;  ///< [rows, bins, tiles]
  tiles cut;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    cut.for_each_tile([&](std::int64_t row, std::int64_t tile) DEEPSEEK_INLINE_LAMBDA {
      int const rank = arch::gpu::thread_rank();
      shared.count[rank] = 0;
      arch::gpu::sync_block();
      std::int64_t const begin = tile * tiles::size + rank;
      tile::unrolled<tiles::items>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
        std::int64_t const column = begin + i * threads;
        if (column < cut.columns)
          arch::gpu::atomic_add(
              shared.count[cut.digit(arch::gpu::load(keys + row * cut.columns + column))], 1u);
      });
      arch::gpu::sync_block();
      arch::gpu::store(counts + (row * tiles::bins + rank) * cut.tiles() + tile,
                       static_cast<std::int32_t>(std::uint32_t{shared.count[rank]}));
    });
  }
};

/// add_counts: modulo 2^32, which a row is shorter than.
struct add_counts {
  DEEPSEEK_HOST_DEVICE std::uint32_t operator()(std::uint32_t a, std::uint32_t b) const {
    return a + b;
  }
};
/// scan_digits<Team>: any grid in x: counts of the tiles of a row become counts up to and with each, by a
/// warp or a block for each digit.
template <scan_team Team>
struct scan_digits : row_scan<std::int32_t, std::int32_t, std::uint32_t, add_counts, 1, Team> {
  static constexpr char const* name = "scan_digits";
  static constexpr int threads = 256;
};

/// move_digits<Key>: any grid in x: keys and places where the scanned counts say. A tile is put in order in
/// shared memory first, so that neighbours are written by neighbours.
template <class Key> struct move_digits {
  using tiles = digit_tiles<Key>;
  static constexpr char const* name = "move_digits";
  static constexpr int threads = tiles::threads;
  static constexpr int warps = threads / arch::gpu::warp_size;
  /// Of a digit: keys of the row, and of the tile.
  struct counted {
    std::uint32_t of_row;
    std::uint32_t of_tile;
  };
  struct shared_plan {
    arch::gpu::shared_array<std::uint32_t, warps * tiles::bins> begin;  ///< in the tile
    arch::gpu::shared_array<std::uint32_t, tiles::bins> shift;  ///< from the tile to the row
    arch::gpu::shared_array<Key, tiles::size> key;
    arch::gpu::shared_array<std::uint32_t, tiles::size> place;
    tile::block_scan_scratch<counted, warps> scan;
  };

  Key const* keys;              ///< [rows, columns]
  std::uint32_t const* places;  ///< [rows, columns]
  std::int32_t const* ends;     ///< [rows, bins, tiles]: counts up to and with each tile
  Key* to_keys;                 ///< [rows, columns]
  std::uint32_t* to_places;     ///< [rows, columns]
  tiles cut;

  DEEPSEEK_HOST_DEVICE void run(shared_plan& shared) const {
    cut.for_each_tile([&](std::int64_t row, std::int64_t tile) DEEPSEEK_INLINE_LAMBDA {
      Key key[tiles::items];
      std::uint32_t rank[tiles::items];  // among those of its digit in its warp
      std::int64_t const begin = row * cut.columns + tile * tiles::size;
      std::int64_t const left = cut.columns - tile * tiles::size;
      auto const count = static_cast<int>(left < tiles::size ? left : tiles::size);
      rank_items(begin, count, key, rank, shared);
      arch::gpu::sync_block();
      place_digits(row, tile, shared);
      put_in_order(begin, count, key, rank, shared);
      arch::gpu::sync_block();
      write(row, count, shared);
      arch::gpu::sync_block();
    });
  }

 private:
  /// A warp has neighbours; its step i are 32 of them.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int item_number(int i) {
    return (arch::gpu::warp_rank() * tiles::items + i) * arch::gpu::warp_size +
           arch::gpu::lane_rank();
  }
  /// The lanes whose digit is the own one, of those that have an item.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::uint32_t lanes_alike(int digit, bool has) {
    std::uint32_t alike = arch::gpu::ballot(has);
    tile::unrolled<tiles::bits>([&](auto b) DEEPSEEK_INLINE_LAMBDA {
      bool const set = ((digit >> b) & 1) != 0;
      std::uint32_t const others = arch::gpu::ballot(set);
      alike &= set ? others : ~others;
    });
    return alike;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void rank_items(std::int64_t begin, int count,
                                                       Key (&key)[tiles::items],
                                                       std::uint32_t (&rank)[tiles::items],
                                                       shared_plan& shared) const {
    int const lane = arch::gpu::lane_rank();
    int const own = arch::gpu::warp_rank() * tiles::bins;
    for (int b = lane; b < tiles::bins; b += arch::gpu::warp_size) shared.begin[own + b] = 0;
    tile::unrolled<tiles::items>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      key[i] = item_number(i) < count ? arch::gpu::load(keys + begin + item_number(i)) : Key{0};
    });
    arch::gpu::sync_warp();
    tile::unrolled<tiles::items>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      bool const has = item_number(i) < count;
      int const digit = cut.digit(key[i]);
      std::uint32_t const alike = lanes_alike(digit, has);
      std::uint32_t const before = shared.begin[own + digit];
      rank[i] = before + bits_of(alike & ((1u << lane) - 1));
      arch::gpu::sync_warp();
      if (has && rank[i] == before) shared.begin[own + digit] = before + bits_of(alike);
      arch::gpu::sync_warp();
    });
  }
  /// Counts of the warps become where their items begin in the tile; by a thread for each digit.
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void place_digits(std::int64_t row, std::int64_t tile,
                                                         shared_plan& shared) const {
    int const digit = arch::gpu::thread_rank();
    std::int32_t const* const end = ends + (row * tiles::bins + digit) * cut.tiles();
    counted own{static_cast<std::uint32_t>(arch::gpu::load(end + cut.tiles() - 1)), 0};
    tile::unrolled<warps>([&](auto w) DEEPSEEK_INLINE_LAMBDA {
      own.of_tile += shared.begin[w * tiles::bins + digit];
    });
    auto const plus = [](counted a, counted b) {
      return counted{a.of_row + b.of_row, a.of_tile + b.of_tile};
    };
    counted const begin = tile::block_exclusive_scan(own, {0, 0}, plus, shared.scan).value;
    std::uint32_t const earlier =
        tile == 0 ? 0u : static_cast<std::uint32_t>(arch::gpu::load(end + tile - 1));
    shared.shift[digit] = begin.of_row + earlier - begin.of_tile;
    std::uint32_t next = begin.of_tile;
    tile::unrolled<warps>([&](auto w) DEEPSEEK_INLINE_LAMBDA {
      std::uint32_t const of_warp = shared.begin[w * tiles::bins + digit];
      shared.begin[w * tiles::bins + digit] = next;
      next += of_warp;
    });
    arch::gpu::sync_block();
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void put_in_order(std::int64_t begin, int count,
                                                         Key const (&key)[tiles::items],
                                                         std::uint32_t const (&rank)[tiles::items],
                                                         shared_plan& shared) const {
    int const own = arch::gpu::warp_rank() * tiles::bins;
    tile::unrolled<tiles::items>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      int const number = item_number(i);
      if (number >= count) return;
      auto const to = static_cast<int>(shared.begin[own + cut.digit(key[i])] + rank[i]);
      shared.key[to] = key[i];
      shared.place[to] = arch::gpu::load(places + begin + number);
    });
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(std::int64_t row, int count,
                                                  shared_plan& shared) const {
    for (int at = arch::gpu::thread_rank(); at < count; at += threads) {
      Key const key = shared.key[at];
      std::uint32_t const in_row = shared.shift[cut.digit(key)] + static_cast<std::uint32_t>(at);
      std::int64_t const to = row * cut.columns + in_row;
      arch::gpu::store(to_keys + to, key);
      arch::gpu::store(to_places + to, std::uint32_t{shared.place[at]});
    }
  }
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::uint32_t bits_of(std::uint32_t mask) {
    return static_cast<std::uint32_t>(__builtin_popcount(mask));
  }
};

}  // namespace deepseek::kernel
