// SPDX-License-Identifier: Apache-2.0
/// @file How many parts few long rows and columns are in: none of less than 16384 elements, about 528 in all.
#include <deepseek/plan/gpu/part_counts.hpp>

#include <doctest/doctest.h>

namespace {
using deepseek::plan::gpu::parts_of_columns;
using deepseek::plan::gpu::parts_of_rows;

TEST_CASE("rows: from two parts on, where they are fewer than 264") {
  CHECK(parts_of_rows(1, 32767) == 0);
  CHECK(parts_of_rows(1, 32768) == 2);
  CHECK(parts_of_rows(1, 49151) == 2);
  CHECK(parts_of_rows(1, std::int64_t{1} << 40) == 528);
  CHECK(parts_of_rows(263, 1 << 20) == 2);
  CHECK(parts_of_rows(264, 1 << 20) == 0);
  CHECK(parts_of_rows(0, 1 << 20) == 0);
}

TEST_CASE("columns: a block has 128 of them, or all there are") {
  CHECK(parts_of_columns(8, 4095) == 0);
  CHECK(parts_of_columns(8, 4096) == 2);
  CHECK(parts_of_columns(1, 1 << 20) == 64);
  CHECK(parts_of_columns(128, 512) == 4);
  CHECK(parts_of_columns(129, 512) == 4);
  CHECK(parts_of_columns(129, 1 << 20) == 264);
  CHECK(parts_of_columns(263 * 128, 1 << 20) == 2);
  CHECK(parts_of_columns(263 * 128 + 1, 1 << 20) == 0);
  CHECK(parts_of_columns(0, 1 << 20) == 0);
}

}  // namespace
