// SPDX-License-Identifier: Apache-2.0
/// @file count_digits, scan_digits, move_digits: one digit of rows of several tiles, stably; the others stay.
#include <deepseek/kernel/sort_digits.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "run_grid.hpp"

namespace test = deepseek::test;
namespace kernel = deepseek::kernel;

namespace {

template <class Key, kernel::scan_team Team>
void check(int rows, int columns, int shift, std::uint64_t mask, int blocks) {
  CAPTURE(columns);
  CAPTURE(shift);
  using tiles = kernel::digit_tiles<Key>;
  tiles const cut{rows, columns, shift};
  std::mt19937_64 random(7);
  auto const count = static_cast<std::size_t>(rows * columns);
  std::vector<Key> keys(count), sorted_keys(count, 5);
  for (auto& k : keys) k = static_cast<Key>(random() & mask);
  std::vector<std::uint32_t> places(count), sorted(count, 77), order(count);
  for (auto& p : places) p = static_cast<std::uint32_t>(random());
  auto const of_rows = static_cast<int>(rows * tiles::bins);
  std::vector<std::int32_t> counts(static_cast<std::size_t>(of_rows * cut.tiles()), -3);

  test::operands first, second, third;
  first.read(keys).write(counts);
  CHECK(test::grid_fault(kernel::count_digits<Key>{keys.data(), counts.data(), cut}, {blocks, 1, 1},
                         tiles::threads, first) == "");
  second.write(counts);
  kernel::scan_digits<Team> const scan{
      {counts.data(), counts.data(), cut.tiles(), cut.tiles(), of_rows, cut.tiles(), 0u}};
  CHECK(test::grid_fault(scan, {blocks, 1, 1}, scan.threads, second) == "");
  third.read(keys).read(places).read(counts).write(sorted_keys).write(sorted);
  CHECK(test::grid_fault(kernel::move_digits<Key>{keys.data(), places.data(), counts.data(),
                                                  sorted_keys.data(), sorted.data(), cut},
                         {blocks, 1, 1}, tiles::threads, third) == "");

  int wrong = 0;
  for (int r = 0; r < rows; ++r) {
    auto const own = order.begin() + r * columns;
    std::iota(own, own + columns, static_cast<std::uint32_t>(r * columns));
    std::stable_sort(own, own + columns, [&](std::uint32_t a, std::uint32_t b) {
      return (keys[a] >> shift) % 256 < (keys[b] >> shift) % 256;
    });
  }
  for (std::size_t i = 0; i < count; ++i)
    wrong += sorted_keys[i] == keys[order[i]] && sorted[i] == places[order[i]] ? 0 : 1;
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("a row of less than a tile, of one, of several; all keys alike; keys of both widths") {
  using kernel::scan_team;
  constexpr std::uint64_t any = ~std::uint64_t{0};
  check<std::uint32_t, scan_team::warp>(1, 1, 0, any, 1);
  check<std::uint32_t, scan_team::warp>(3, 37, 8, any, 2);
  check<std::uint32_t, scan_team::warp>(2, 4096, 24, any, 3);
  check<std::uint32_t, scan_team::block>(1, 9001, 16, 0x030000, 2);
  check<std::uint32_t, scan_team::warp>(1, 4097, 0, 0, 2);
  check<std::uint64_t, scan_team::block>(2, 2049, 56, any, 4);
  check<std::uint64_t, scan_team::warp>(1, 5000, 8, 0x7f00, 1);
}
