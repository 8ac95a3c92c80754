// SPDX-License-Identifier: Apache-2.0
/// @file attention_operands: every row of every head is in one block, for any packing; the last rows first.
#include <deepseek/kernel/attention_operands.hpp>

#include <doctest/doctest.h>

#include <set>
#include <tuple>

namespace kernel = deepseek::kernel;

TEST_CASE("each batch, head, query and part has one block and one row") {
  for (int const packed : {1, 3}) {
    kernel::attention_size const size{2, 6, 2, 21, 100, 64, 64};
    int const rows = 16;
    kernel::attention_blocks const blocks{(packed * 21 + rows - 1) / rows, packed, 5, 1};
    int const groups = size.heads / packed;
    std::set<std::tuple<int, int, int, int>> seen;
    for (int block = 0; block < 2 * groups * blocks.row_tiles * 5; ++block) {
      auto const at = blocks.of(static_cast<unsigned>(block), groups);
      for (int r = 0; r < rows; ++r) {
        auto const row = kernel::row_at(size, at.group * packed, packed, at.row_tile * rows + r);
        if (row.there) CHECK(seen.insert({at.batch, row.head, row.query, at.part}).second);
      }
    }
    CHECK(seen.size() == 2 * 6 * 21 * 5);
    CHECK(blocks.of(0, groups).row_tile == blocks.row_tiles - 1);
  }
}

TEST_CASE("rows, keys and values lie where strides say") {
  float memory[1000] = {};
  kernel::row_place<float const> const place{memory, 500, 100, 7, 1, false};
  CHECK(place.row(1, 2, 3) == memory + 500 + 200 + 21);
  kernel::keys_in_memory<float, float> const keys{place, {memory, 400, 50, 9, 1, false}, 11};
  CHECK(keys.length(1) == 11);
  CHECK(keys.key(0, 1, 2) == memory + 114);
  CHECK(keys.value(1, 0, 2) == memory + 418);
}
