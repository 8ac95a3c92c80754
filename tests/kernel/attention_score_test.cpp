// SPDX-License-Identifier: Apache-2.0
/// @file attention_score: what kernels take as a score.
#include <deepseek/kernel/attention_score.hpp>

#include <doctest/doctest.h>

namespace kernel = deepseek::kernel;

namespace {
struct good {
  static constexpr bool scored = true;
  static kernel::tile_use use(kernel::score_box const& box) {
    return box.key[0] > box.query[1] ? kernel::tile_use::empty : kernel::tile_use::masked;
  }
};
struct without_use {
  static constexpr bool scored = true;
};
}  // namespace

TEST_CASE("a plain score needs nothing, any other says which tiles are empty") {
  CHECK(kernel::attention_score<kernel::plain_score>);
  CHECK(kernel::attention_score<good>);
  CHECK_FALSE(kernel::attention_score<without_use>);
  CHECK(good::use({0, {0, 0}, {0, 3}, {4, 7}}) == kernel::tile_use::empty);
}
