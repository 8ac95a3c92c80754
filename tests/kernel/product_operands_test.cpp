// SPDX-License-Identifier: Apache-2.0
/// @file product_operands: where the matrices of a batch are.
#include <deepseek/kernel/product_operands.hpp>

#include <doctest/doctest.h>

using deepseek::kernel::product_batch;
using deepseek::kernel::product_operands;

TEST_CASE("no batch axes: one matrix, at the beginning") {
  product_batch const batch;
  CHECK(batch.count() == 1);
  CHECK(batch.place(0).a == 0);
  CHECK(batch.place(0).b == 0);
}

TEST_CASE("the last axis runs fastest; a step of 0 is one matrix for all") {
  product_batch const batch{3, {2, 3, 4}, {1000, 100, 0}, {0, 7, 5}};
  CHECK(batch.count() == 24);
  int number = 0;
  for (int x = 0; x < 2; ++x)
    for (int y = 0; y < 3; ++y)
      for (int z = 0; z < 4; ++z, ++number) {
        CHECK(batch.place(number).a == 1000 * x + 100 * y);
        CHECK(batch.place(number).b == 7 * y + 5 * z);
      }
}

TEST_CASE("offsets of 64 bits") {
  product_batch const batch{1, {4}, {std::int64_t{1} << 40}, {-3}};
  CHECK(batch.place(3).a == std::int64_t{3} << 40);
  CHECK(batch.place(3).b == -9);
}

TEST_CASE("merged_rows: batch axes that b has not and a goes on along are rows") {
  using deepseek::kernel::merged_rows;
  // a [2, 3, 4, 7] one after the other, b [7, 5]
  product_operands<float, float> p{
      {nullptr, 7, 1}, {nullptr, 1, 5}, {4, 5, 7}, {2, {2, 3}, {84, 28}, {0, 0}}};
  auto all = merged_rows(p);
  CHECK(all.batch.axes == 0);
  CHECK(all.size.m == 24);
  CHECK(all.a.step == 7);
  // b differs along the first axis
  p.batch.b_step[0] = 35;
  auto const one = merged_rows(p);
  CHECK(one.batch.axes == 1);
  CHECK(one.batch.extent[0] == 2);
  CHECK(one.size.m == 12);
  // and along the last one
  p.batch.b_step[1] = 35;
  CHECK(merged_rows(p).batch.axes == 2);
  // rows that do not go on; single rows, which go on as the matrices do; axes of one matrix
  p = {{nullptr, 8, 1}, {nullptr, 1, 5}, {4, 5, 7}, {1, {3}, {28}, {0}}};
  CHECK(merged_rows(p).batch.axes == 1);
  p = {{nullptr, 1, 1}, {nullptr, 1, 5}, {1, 5, 7}, {3, {3, 1, 2}, {20, 9, 10}, {0, 9, 0}}};
  all = merged_rows(p);
  CHECK(all.batch.axes == 0);
  CHECK(all.size.m == 6);
  CHECK(all.a.step == 10);
  // one a for all: its rows do not go on
  p = {{nullptr, 7, 1}, {nullptr, 1, 5}, {1, 5, 7}, {1, {3}, {0}, {0}}};
  CHECK(merged_rows(p).batch.axes == 1);
}
