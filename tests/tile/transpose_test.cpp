// SPDX-License-Identifier: Apache-2.0
/// @file Transposition through shared memory: every element once, and no bank met twice.
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/tile/transpose.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

#include "../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
namespace tile = deepseek::tile;
using deepseek::test::fault_of;
using deepseek::test::holds;

namespace {

struct wide {
  alignas(16) std::int32_t value[4];
  wide() = default;
  explicit wide(int v) : value{v, -v, v + 1, 0} {}
  friend bool operator==(wide const& a, wide const& b) {
    return std::equal(a.value, a.value + 4, b.value);
  }
};

/// The most different words of one bank that the 32 lanes of an access want at once: 1 is no
/// conflict. A bank is 4 bytes wide, there are 32; accesses of 8 bytes are served for half a warp,
/// of 16 for a quarter at once.
template <class Address> int words_per_bank(int element_bytes, Address const& address_of_lane) {
  int const lanes = element_bytes <= 4 ? 32 : element_bytes == 8 ? 16 : 8;
  std::size_t most = 0;
  for (int first = 0; first < 32; first += lanes) {
    std::set<int> words[32];
    for (int lane = first; lane < first + lanes; ++lane)
      for (int b = 0; b < element_bytes; ++b) {
        int const word = (address_of_lane(lane) + b) / 4;
        words[word % 32].insert(word);
      }
    for (auto const& of_bank : words) most = std::max(most, of_bank.size());
  }
  return static_cast<int>(most);
}

template <class T, int Rows, int Columns> void no_bank_twice() {
  using tile_type = tile::transpose_tile<T, Rows, Columns>;
  int const bytes = sizeof(T);
  CAPTURE(bytes);
  CAPTURE(Columns);
  for (int r = 0; r < Rows; ++r)
    for (int c = 0; c + 32 <= Columns; c += 32)
      CHECK(words_per_bank(bytes,
                           [&](int lane) { return tile_type::place(r, c + lane) * bytes; }) == 1);
  for (int c = 0; c < Columns; ++c)
    for (int r = 0; r + 32 <= Rows; r += 32)
      CHECK(words_per_bank(bytes,
                           [&](int lane) { return tile_type::place(r + lane, c) * bytes; }) == 1);
}

/// to[c][r] = from[r][c], tile by tile, with tiles that are cut at the ends.
template <class T, int Tile> void transposes(int rows, int columns) {
  CAPTURE(rows);
  CAPTURE(columns);
  std::vector<T> from(static_cast<std::size_t>(rows * columns)), to(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(static_cast<int>(i % 120));
  deepseek::arch::emulated::global_memory memory;
  memory.add({from.data(), from.size() * sizeof(T), false, "from"});
  memory.add({to.data(), to.size() * sizeof(T), true, "to"});
  struct plan {
    tile::transpose_tile<T, Tile, Tile> shared;
  };
  T const* const source = from.data();
  T* const target = to.data();
  CHECK(fault_of<plan>(128, memory, [&](plan& p) {
          for (int r0 = 0; r0 < rows; r0 += Tile)
            for (int c0 = 0; c0 < columns; c0 += Tile)
              tile::transpose(
                  p.shared, std::min(Tile, rows - r0), std::min(Tile, columns - c0),
                  [&](int r, int c) { return gpu::load(source + (r0 + r) * columns + c0 + c); },
                  [&](int r, int c, T const& v) {
                    gpu::store(target + (c0 + c) * rows + r0 + r, v);
                  });
        }) == "");
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c)
      CHECK(to[static_cast<std::size_t>(c * rows + r)] ==
            from[static_cast<std::size_t>(r * columns + c)]);
}

}  // namespace

TEST_CASE("the count of words per bank sees conflicts") {
  CHECK(words_per_bank(4, [](int lane) { return lane * 4; }) == 1);
  CHECK(words_per_bank(4, [](int) { return 0; }) == 1);  // one word for all
  CHECK(words_per_bank(4, [](int lane) { return lane * 128; }) == 32);
  CHECK(words_per_bank(4, [](int lane) { return lane * 8; }) == 2);
  CHECK(words_per_bank(8, [](int lane) { return lane * 8; }) == 1);
  CHECK(words_per_bank(16, [](int lane) { return lane * 32; }) == 2);
  CHECK(words_per_bank(1, [](int lane) { return lane; }) == 1);
}

TEST_CASE("no bank twice, along rows and along columns, for every size of element") {
  no_bank_twice<std::uint8_t, 32, 32>();
  no_bank_twice<std::uint8_t, 64, 128>();
  no_bank_twice<std::uint8_t, 32, 33>();
  no_bank_twice<std::uint16_t, 32, 32>();
  no_bank_twice<std::uint16_t, 64, 64>();
  no_bank_twice<std::uint16_t, 32, 47>();
  no_bank_twice<float, 32, 32>();
  no_bank_twice<float, 64, 64>();
  no_bank_twice<float, 32, 40>();
  no_bank_twice<double, 32, 32>();
  no_bank_twice<double, 32, 33>();
  no_bank_twice<wide, 32, 32>();
}

TEST_CASE("transpose: matrices whose ends cut tiles, elements of 1 to 16 bytes") {
  transposes<std::uint8_t, 32>(70, 37);
  transposes<std::uint16_t, 64>(65, 64);
  transposes<float, 32>(32, 96);
  transposes<float, 32>(1, 50);
  transposes<double, 32>(45, 31);
  transposes<wide, 16>(20, 17);
}

TEST_CASE("fault: columns read before the barrier") {
  struct plan {
    tile::transpose_tile<float, 32, 32> shared;
  };
  auto const early = [](plan& p) {
    tile::write_rows(p.shared, 32, 32, [](int r, int c) { return static_cast<float>(r + c); });
    tile::read_columns(p.shared, 32, 32, [](int, int, float) {});
  };
  CHECK(holds(fault_of<plan>(128, early), "[DS-EMULATED-SHARED-"));
}
