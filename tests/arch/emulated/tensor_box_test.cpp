// SPDX-License-Identifier: Apache-2.0
/// @file tensor_box: chunks of boxes inside and across the edges of a tensor, against tables.
#include <deepseek/arch/emulated/tensor_box.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace emulated = deepseek::arch::emulated;
namespace gpu = deepseek::arch::gpu;
using emulated::box_chunk;

namespace {

alignas(16) char memory[4096];

std::vector<box_chunk> chunks_of(gpu::tensor_description const& t, std::vector<int> const& point) {
  std::vector<box_chunk> all;
  emulated::tensor_box{t, point.data()}.chunks([&](box_chunk const& c) { all.push_back(c); });
  return all;
}
gpu::tensor_description words(int columns, int rows) {
  gpu::tensor_description t;
  t.base = memory;
  t.element = gpu::tensor_element::u32;
  t.rank = 2;
  t.extent[0] = static_cast<std::uint64_t>(columns);
  t.extent[1] = static_cast<std::uint64_t>(rows);
  t.stride_bytes[0] = 64;
  return t;
}

}  // namespace

TEST_CASE("a box inside: row by row") {
  gpu::tensor_description t = words(16, 10);
  t.box[0] = 8;
  t.box[1] = 2;
  auto const all = chunks_of(t, {3, 4});
  REQUIRE(all.size() == 4);
  std::ptrdiff_t const places[] = {4 * 64 + 12, 4 * 64 + 28, 5 * 64 + 12, 5 * 64 + 28};
  for (int i = 0; i < 4; ++i) {
    box_chunk const& c = all[static_cast<std::size_t>(i)];
    CHECK(c.shared == 16 * i);
    CHECK(c.before == 0);
    CHECK(c.inside == 16);
    CHECK(c.place - memory == places[i]);
  }
}

TEST_CASE("a box across the edges: before the first column, after the last row") {
  gpu::tensor_description t = words(5, 3);
  t.box[0] = 8;
  t.box[1] = 3;
  auto const all = chunks_of(t, {-2, 1});
  REQUIRE(all.size() == 6);
  // Columns -2 … 1, 2 … 5 of rows 1, 2 and 3; there are columns 0 … 4 and rows 0 … 2.
  int const before[] = {8, 0, 8, 0, 0, 0};
  int const inside[] = {8, 12, 8, 12, 0, 0};
  std::ptrdiff_t const places[] = {64, 72, 128, 136, -1, -1};
  for (int i = 0; i < 6; ++i) {
    CAPTURE(i);
    box_chunk const& c = all[static_cast<std::size_t>(i)];
    CHECK(c.inside == inside[i]);
    if (c.inside == 0) continue;
    CHECK(c.before == before[i]);
    CHECK(c.place - memory == places[i]);
  }
  for (auto const& c : chunks_of(t, {-8, 0})) CHECK(c.inside == 0);
  for (auto const& c : chunks_of(t, {5, 0})) CHECK(c.inside == 0);
  for (auto const& c : chunks_of(t, {0, -3})) CHECK(c.inside == 0);
  for (auto const& c : chunks_of(t, {2147483000, 0})) CHECK(c.inside == 0);
}

TEST_CASE("steps: every second row; an axis in the middle goes round before the next") {
  gpu::tensor_description t = words(4, 10);
  t.rank = 3;
  t.extent[2] = 3;
  t.stride_bytes[1] = 1024;
  t.box[0] = 4;
  t.box[1] = 3;
  t.box[2] = 2;
  t.step[1] = 2;
  auto const all = chunks_of(t, {0, 1, 1});
  REQUIRE(all.size() == 4);
  std::ptrdiff_t const places[] = {1024 + 64, 1024 + 3 * 64, 2048 + 64, 2048 + 3 * 64};
  for (std::size_t i = 0; i < 4; ++i) CHECK(all[i].place - memory == places[i]);
}

TEST_CASE("swizzle: which chunk of which row lands where, by the tables of the CUDA guide") {
  // place_of[row][chunk]: the place, in its row, of a chunk of a box whose rows are as long as the swizzle.
  int const of_128[8][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                            {2, 3, 0, 1, 6, 7, 4, 5}, {3, 2, 1, 0, 7, 6, 5, 4},
                            {4, 5, 6, 7, 0, 1, 2, 3}, {5, 4, 7, 6, 1, 0, 3, 2},
                            {6, 7, 4, 5, 2, 3, 0, 1}, {7, 6, 5, 4, 3, 2, 1, 0}};
  int const of_64[8][4] = {{0, 1, 2, 3}, {0, 1, 2, 3}, {1, 0, 3, 2}, {1, 0, 3, 2},
                           {2, 3, 0, 1}, {2, 3, 0, 1}, {3, 2, 1, 0}, {3, 2, 1, 0}};
  int const of_32[8][2] = {{0, 1}, {0, 1}, {0, 1}, {0, 1}, {1, 0}, {1, 0}, {1, 0}, {1, 0}};
  auto const check = [](gpu::swizzle pattern, int per_row, auto const& table) {
    gpu::tensor_description t;
    t.base = memory;
    t.element = gpu::tensor_element::u8;
    t.rank = 2;
    t.extent[0] = 128;
    t.extent[1] = 16;
    t.stride_bytes[0] = 128;
    t.box[0] = static_cast<std::uint16_t>(16 * per_row);
    t.box[1] = 16;
    t.pattern = pattern;
    CHECK(gpu::tensor_fault(t).empty());
    auto const all = chunks_of(t, {0, 0});
    REQUIRE(all.size() == static_cast<std::size_t>(16 * per_row));
    for (int row = 0; row < 16; ++row)
      for (int chunk = 0; chunk < per_row; ++chunk) {
        box_chunk const& c = all[static_cast<std::size_t>(row * per_row + chunk)];
        CHECK(c.place - memory == row * 128 + chunk * 16);
        CHECK(c.shared == (row * per_row + table[row % 8][chunk]) * 16);
      }
  };
  check(gpu::swizzle::bytes_128, 8, of_128);
  check(gpu::swizzle::bytes_64, 4, of_64);
  check(gpu::swizzle::bytes_32, 2, of_32);
}

TEST_CASE("fill_outside: zeros, or a NaN of each type") {
  alignas(16) unsigned char chunk[16];
  gpu::tensor_description t;
  t.element = gpu::tensor_element::f32;
  emulated::fill_outside(chunk, 16, t);
  for (unsigned char const c : chunk) CHECK(c == 0);
  t.fill = gpu::tensor_fill::nan;
  emulated::fill_outside(chunk, 16, t);
  float f;
  __builtin_memcpy(&f, chunk + 4, 4);
  CHECK(f != f);
  t.element = gpu::tensor_element::bf16;
  emulated::fill_outside(chunk, 16, t);
  deepseek::bf16 b;
  __builtin_memcpy(&b, chunk + 2, 2);
  CHECK(static_cast<float>(b) != static_cast<float>(b));
}
