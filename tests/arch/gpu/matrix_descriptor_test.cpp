// SPDX-License-Identifier: Apache-2.0
/// @file matrix_descriptor against the PTX ISA: its bits, and the layouts of "Strides" and "Canonical
/// Layouts" with the offsets written out.
#include <deepseek/arch/gpu/matrix_descriptor.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../emulated/run_block.hpp"

namespace gpu = deepseek::arch::gpu;
using gpu::major_axis;
using gpu::matrix_descriptor;
using gpu::swizzle;

namespace {

/// Place of a chunk in line 0 … 7 of a pattern of 128 bytes; narrower patterns use the first lines and
/// chunks again and again.
constexpr std::uint32_t places[8][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                                        {2, 3, 0, 1, 6, 7, 4, 5}, {3, 2, 1, 0, 7, 6, 5, 4},
                                        {4, 5, 6, 7, 0, 1, 2, 3}, {5, 4, 7, 6, 1, 0, 3, 2},
                                        {6, 7, 4, 5, 2, 3, 0, 1}, {7, 6, 5, 4, 3, 2, 1, 0}};

/// An operand of the ISA: elements of `size` bytes at row_offset[r] + k_offset[k] before the swizzle, which
/// has `lines` lines.
struct layout {
  major_axis major;
  gpu::matrix_strides strides;
  int size;
  std::uint32_t lines;
  std::vector<std::uint32_t> row_offset;
  std::vector<std::uint32_t> k_offset;
};

void as(layout const& l) {
  for (std::uint32_t const start : {0u, 1024u, 3072u}) {
    auto const d = matrix_descriptor::of(start, l.strides);
    for (std::size_t r = 0; r < l.row_offset.size(); ++r)
      for (std::size_t k = 0; k < l.k_offset.size(); ++k) {
        CAPTURE(r);
        CAPTURE(k);
        std::uint32_t const byte =
            start + (l.row_offset[r] + l.k_offset[k]) * static_cast<std::uint32_t>(l.size);
        std::uint32_t const place = places[byte / 128 % l.lines][byte / 16 % 8];
        CHECK(d.at(l.major, l.size, static_cast<int>(r), static_cast<int>(k)) ==
              byte / 128 * 128 + place * 16 + byte % 16);
      }
  }
}

}  // namespace

TEST_CASE("matrix_descriptor: the bits of each field") {
  static_assert(matrix_descriptor::of(1024, {256, 1024, swizzle::bytes_128, 3}).bits ==
                0x4006004000100040);
  static_assert(matrix_descriptor::of(0x1230, {16, 128, swizzle::bytes_64}).bits ==
                0x8000000800010123);
  static_assert(matrix_descriptor::of(16, {32, 48, swizzle::bytes_32}).bits == 0xc000000300020001);
  static_assert(matrix_descriptor::of(0, {16, 16, swizzle::none}).bits == 0x0000000100010000);
  // Of addresses 18 bits count.
  static_assert(matrix_descriptor::of(0x7fff0, {16, 16}).bits == 0x0000000100013fff);
}

TEST_CASE("matrix_descriptor: what was put in is read back; advanced moves the start alone") {
  for (swizzle const pattern :
       {swizzle::none, swizzle::bytes_32, swizzle::bytes_64, swizzle::bytes_128}) {
    auto const d = matrix_descriptor::of(2048, {512, 1536, pattern, 5});
    CHECK(d.address() == 2048);
    CHECK(d.leading_bytes() == 512);
    CHECK(d.stride_bytes() == 1536);
    CHECK(d.pattern() == pattern);
    CHECK(d.first_line() == 5);
    CHECK(d.advanced(32) == matrix_descriptor::of(2080, {512, 1536, pattern, 5}));
  }
}

TEST_CASE("k major without swizzle, tf32: leading 64 elements, stride 32 elements") {
  gpu::matrix_strides const strides{64 * 4, 32 * 4, swizzle::none};
  CHECK((matrix_descriptor::of(0, strides).bits >> 16 & 0x3fff) == 16);
  CHECK((matrix_descriptor::of(0, strides).bits >> 32 & 0x3fff) == 8);
  as({major_axis::k,
      strides,
      4,
      1,
      {0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60},
      {0, 1, 2, 3, 64, 65, 66, 67, 128, 129, 130, 131, 192, 193, 194, 195}});
}

TEST_CASE("k major with 32, 64 and 128 bytes of swizzle: rows of so many bytes") {
  // The ISA's example: tf32, 32 bytes, stride 64 elements.
  as({major_axis::k,
      {16, 64 * 4, swizzle::bytes_32},
      4,
      2,
      {0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120},
      {0, 1, 2, 3, 4, 5, 6, 7}});
  as({major_axis::k,
      {16, 256 * 2, swizzle::bytes_64},
      2,
      4,
      {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 480},
      {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}});
  as({major_axis::k,
      {16, 1024, swizzle::bytes_128},
      1,
      8,
      {0, 128, 256, 384, 512, 640, 768, 896, 1024, 1152, 1280, 1408, 1536, 1664, 1792, 1920},
      {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
       16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}});
}

TEST_CASE("rows major without swizzle, bf16: leading 128 elements, stride 64 elements") {
  gpu::matrix_strides const strides{128 * 2, 64 * 2, swizzle::none};
  CHECK((matrix_descriptor::of(0, strides).bits >> 16 & 0x3fff) == 16);
  CHECK((matrix_descriptor::of(0, strides).bits >> 32 & 0x3fff) == 8);
  as({major_axis::mn,
      strides,
      2,
      1,
      {0, 1, 2, 3, 4, 5, 6, 7, 64, 65, 66, 67, 68, 69, 70, 71},
      {0, 8, 16, 24, 32, 40, 48, 56, 128, 136, 144, 152, 160, 168, 176, 184}});
}

TEST_CASE("rows major with 32 and 64 bytes of swizzle, bf16: the ISA's examples") {
  as({major_axis::mn,
      {128 * 2, 256 * 2, swizzle::bytes_32},
      2,
      2,
      {0,   1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,  15,
       128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143},
      {0, 16, 32, 48, 64, 80, 96, 112, 256, 272, 288, 304, 320, 336, 352, 368}});
  as({major_axis::mn,
      {256 * 2, 512 * 2, swizzle::bytes_64},
      2,
      4,
      {0,   1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,  15,
       16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  26,  27,  28,  29,  30,  31,
       256, 257, 258, 259, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 270, 271,
       272, 273, 274, 275, 276, 277, 278, 279, 280, 281, 282, 283, 284, 285, 286, 287},
      {0, 32, 64, 96, 128, 160, 192, 224, 512, 544, 576, 608, 640, 672, 704, 736}});
}

TEST_CASE(
    "rows major with 128 bytes of swizzle: 64 elements of two bytes in a row of the pattern") {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t m = 0; m < 64; ++m) rows.push_back(m);
  for (std::uint32_t m = 0; m < 64; ++m) rows.push_back(2048 + m);
  as({major_axis::mn,
      {2048 * 2, 512 * 2, swizzle::bytes_128},
      2,
      8,
      rows,
      {0, 64, 128, 192, 256, 320, 384, 448, 512, 576, 640, 704, 768, 832, 896, 960}});
}

TEST_CASE("an operand in the middle of a pattern's row, and a pattern that begins at line 4") {
  // 32 bytes further along k: chunks 2 and 3 of each row.
  auto const half = matrix_descriptor::of(0, {16, 1024, swizzle::bytes_128}).advanced(32);
  CHECK(half.at(major_axis::k, 2, 0, 0) == 32);
  CHECK(half.at(major_axis::k, 2, 1, 0) == 128 + 3 * 16);
  CHECK(half.at(major_axis::k, 2, 6, 8) == 6 * 128 + 5 * 16);
  auto const late = matrix_descriptor::of(512, {16, 1024, swizzle::bytes_128, 4});
  CHECK(late.at(major_axis::k, 2, 0, 0) == 512);
  CHECK(late.at(major_axis::k, 2, 1, 0) == 640 + 16);
  CHECK(late.at(major_axis::k, 2, 5, 0) == 1024 + 128 + 5 * 16);
}

TEST_CASE("describe: the place of an operand in the shared memory of the block") {
  struct operands {
    gpu::shared_array<double, 512> a;
    gpu::shared_array<double, 512> b;
  };
  deepseek::test::run_block<operands>(1, [](operands& shared) {
    auto const d = gpu::describe(shared.b[16], {16, 1024, swizzle::bytes_128});
    CHECK(d.address() == 4096 + 128);
    CHECK(gpu::this_machine().shared_place(d.address()) == shared.b.element + 16);
  });
}
