// SPDX-License-Identifier: Apache-2.0
/// @file wgmma_result: every sum comes to its place in a row, and no access meets a bank twice.
#include <deepseek/kernel/detail/wgmma_result.hpp>

#include <doctest/doctest.h>

#include <set>

#include "../../arch/emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using deepseek::kernel::wgmma_piece;
using deepseek::test::fault_of;

namespace {

/// A warp's sums of 16 rows, N columns, are 1000 row + column; all of them come by rows.
template <int N, int Columns, int Width> void by_rows_of() {
  using piece = wgmma_piece<float, Columns>;
  struct plan {
    alignas(16) piece one;
  };
  std::multiset<int> seen;
  int wrong = 0;
  CHECK(fault_of<plan>(32, [&](plan& shared) {
          gpu::fragment_c<float, N> sums;
          for (int i = 0; i < sums.elements; ++i) {
            auto const at = sums.place(gpu::lane_rank(), i);
            sums.set(i, static_cast<float>(1000 * at.row + at.column));
          }
          deepseek::kernel::by_rows<Width, N>(
              shared.one, sums, [&](int row, int column, auto const& values) {
                for (int k = 0; k < Width; ++k) {
                  wrong += values[k] != static_cast<float>(1000 * row + column + k);
                  seen.insert(1000 * row + column + k);
                }
              });
        }) == "");
  CHECK(wrong == 0);
  CHECK(seen.size() == 16 * N);
  CHECK(std::set<int>(seen.begin(), seen.end()).size() == 16 * N);
}

/// Lanes of one part of an access, each with `bytes` from element e(lane) on, are in different banks.
template <class Element> bool banks_differ(int lanes, int bytes, Element const& e) {
  std::set<int> banks;
  for (int lane = 0; lane < lanes; ++lane)
    for (int b = 0; b < bytes / 4; ++b) banks.insert((e(lane) + b) % 32);
  return static_cast<int>(banks.size()) == lanes * bytes / 4;
}

template <int Columns> void check_banks() {
  using piece = wgmma_piece<float, Columns>;
  // Pairs are written by halves of a warp: 16 lanes, four rows.
  for (int first = 0; first < 32; first += 16)
    for (int block = 0; block < Columns / 8; ++block)
      CHECK(banks_differ(16, 8, [&](int l) {
        int const lane = first + l;
        return piece::place(lane / 4, block * 8 + lane % 4 * 2);
      }));
  // Eights are read as two fours each, by quarters of a warp.
  for (int first = 0; first < 32; first += 8)
    for (int half = 0; half < 2; ++half)
      CHECK(banks_differ(8, 16, [&](int l) {
        int const lane = first + l;
        return piece::place(lane / (Columns / 8), lane % (Columns / 8) * 8 + half * 4);
      }));
  for (int first = 0; first < 32; first += 8)
    CHECK(banks_differ(8, 16, [&](int l) {
      int const lane = first + l;
      return piece::place(lane / (Columns / 4), lane % (Columns / 4) * 4);
    }));
}

}  // namespace

TEST_CASE("every sum comes once, to where it belongs") {
  by_rows_of<64, 64, 8>();
  by_rows_of<128, 64, 4>();
  by_rows_of<96, 32, 8>();
  by_rows_of<32, 32, 4>();
  by_rows_of<32, 32, 2>();
  by_rows_of<128, 64, 1>();
  by_rows_of<32, 32, 1>();
}

TEST_CASE("no bank twice: pairs that are written, eights and fours that are read") {
  check_banks<64>();
  check_banks<32>();
}
