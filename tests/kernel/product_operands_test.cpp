// SPDX-License-Identifier: Apache-2.0
/// @file product_operands: where the matrices of a batch are.
#include <deepseek/kernel/product_operands.hpp>

#include <doctest/doctest.h>

using deepseek::kernel::product_batch;

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
