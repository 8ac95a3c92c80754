// SPDX-License-Identifier: Apache-2.0
/// @file group_walk: every row of every group in one tile of each column, found by warps from offsets
/// in memory.
#include <deepseek/arch/gpu/barrier.hpp>
#include <deepseek/exec/detail/emulated_grid.hpp>
#include <deepseek/tile/group_walk.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace {
using walk = deepseek::tile::group_walk<std::int32_t>;

/// Each block writes what each of its warps has found.
struct finds {
  using shared_plan = deepseek::kernel::no_shared;
  static constexpr int threads = 64;
  static constexpr char const* name = "finds";
  walk of;
  walk::place* found;  // [blocks, 2]
  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    using namespace deepseek::arch::gpu;
    auto const place = of.share(static_cast<unsigned>(block_index().x)).tile;
    int const at = block_index().x * 2 + warp_rank();
    if (lane_rank() == 31) found[at] = place;
  }
};

std::vector<walk::place> run(std::vector<std::int32_t> const& offsets, int rows, int height,
                             int columns) {
  walk const of{offsets.data(), static_cast<int>(offsets.size()) - 1, rows, height, columns};
  auto const blocks = static_cast<int>(of.blocks());
  std::vector<walk::place> found(static_cast<std::size_t>(blocks) * 2, walk::place{-1, -1, -1, -1});
  deepseek::arch::emulated::global_memory memory;
  memory.add({offsets.data(), offsets.size() * 4, false, "offsets", 4});
  deepseek::detail::run_emulated(finds{of, found.data()}, {blocks, 1, 1}, memory, 1);
  return found;
}
}  // namespace

TEST_CASE("written out: groups of 5, none, and 2 rows; tiles of 4 rows, 2 columns") {
  auto const found = run({0, 5, 5, 7}, 7, 4, 2);
  REQUIRE(found.size() == 2 * 8);
  int const wanted[8][4] = {{0, 0, 5, 0}, {0, 4, 5, 0}, {0, 0, 5, 1}, {0, 4, 5, 1},
                            {2, 5, 7, 0}, {2, 5, 7, 1}, {0, 0, 0, 0}, {0, 0, 0, 0}};
  for (int i = 0; i < 16; ++i) {
    auto const& p = found[static_cast<std::size_t>(i)];
    int const* w = wanted[i / 2];
    CHECK((p.matrix == w[0] && p.first == w[1] && p.end == w[2] && p.column == w[3]));
  }
}

TEST_CASE("many groups: each row in each column once, in its own group") {
  std::vector<std::int32_t> offsets{0};
  for (int g = 0; g < 71; ++g) offsets.push_back(offsets.back() + g * 7 % 5 * (g % 3));
  int const rows = offsets.back();
  for (int height : {1, 4, 64}) {
    std::vector<int> seen(static_cast<std::size_t>(rows) * 3, 0);
    auto const found = run(offsets, rows, height, 3);
    for (std::size_t b = 0; b < found.size(); b += 2) {
      auto const& p = found[b];
      if (p.first >= p.end) continue;
      CHECK(p.end == offsets[static_cast<std::size_t>(p.matrix) + 1]);
      CHECK(p.first >= offsets[static_cast<std::size_t>(p.matrix)]);
      for (int r = p.first; r < p.first + height && r < p.end; ++r)
        ++seen[static_cast<std::size_t>(r * 3 + p.column)];
    }
    for (int const times : seen) REQUIRE(times == 1);
  }
}

TEST_CASE("offsets outside of the rows, or that go back, are held to them") {
  for (auto const& p : run({-3, 2, 1, 90}, 6, 4, 1)) {
    CHECK(p.first >= 0);
    CHECK(p.end <= 6);
  }
}
