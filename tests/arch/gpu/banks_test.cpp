// SPDX-License-Identifier: Apache-2.0
/// @file row_passes: the layouts whose conflicts are known.
#include <deepseek/arch/gpu/banks.hpp>

#include <doctest/doctest.h>

using deepseek::arch::gpu::row_passes;

TEST_CASE("row_passes: rows of 16, 32, 64, 128 bytes, as they are and padded by 16") {
  static_assert(row_passes({0, 16, 32, 48, 64, 80, 96, 112}) == 1);
  static_assert(row_passes({0, 32, 64, 96, 128, 160, 192, 224}) == 2);
  static_assert(row_passes({0, 64, 128, 192, 256, 320, 384, 448}) == 4);
  static_assert(row_passes({0, 128, 256, 384, 512, 640, 768, 896}) == 8);
  static_assert(row_passes({0, 144, 288, 432, 576, 720, 864, 1008}) == 1);
  CHECK(row_passes({16, 144, 272, 400, 528, 656, 784, 912}) == 8);
}

TEST_CASE("row_passes: rows of 128 bytes whose chunks change places by the row's number") {
  // Chunk 2 of each row, swizzled by 128 bytes: 2 xor row.
  static_assert(row_passes({32, 176, 256, 400, 608, 752, 832, 976}) == 1);
}

TEST_CASE("row_passes: one place for many lanes is one access") {
  static_assert(row_passes({0, 0, 0, 0, 0, 0, 0, 0}) == 1);
  static_assert(row_passes({0, 128, 0, 128, 0, 128, 0, 128}) == 2);
  static_assert(row_passes({0, 0, 128, 256, 16, 32, 48, 64}) == 3);
}
