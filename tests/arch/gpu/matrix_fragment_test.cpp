// SPDX-License-Identifier: Apache-2.0
/// @file Fragments against the figures of the PTX ISA, "Matrix Fragments for mma.m16n8k4 … k32".
#include <deepseek/arch/gpu/matrix_fragment.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>
#include <vector>

namespace gpu = deepseek::arch::gpu;
using deepseek::bf16;
using deepseek::f16;
using deepseek::fp8_e4m3;
using deepseek::fp8_e5m2;
using gpu::tf32;

namespace {

// In each figure, row r of a (and c) and column r of b are held by four lanes, of which this is the first.
constexpr int first_lane[16] = {0, 4, 8, 12, 16, 20, 24, 28, 0, 4, 8, 12, 16, 20, 24, 28};

/// A figure: along a row of a, or a column of b: which of the four lanes, and the number of the element,
/// in the upper eight rows and in the lower.
struct figure {
  std::vector<int> lane;
  std::vector<int> upper;
  std::vector<int> lower;
};

figure const a_of_4_bytes_k4{{0, 1, 2, 3}, {0, 0, 0, 0}, {1, 1, 1, 1}};
figure const a_of_4_bytes_k8{
    {0, 1, 2, 3, 0, 1, 2, 3}, {0, 0, 0, 0, 2, 2, 2, 2}, {1, 1, 1, 1, 3, 3, 3, 3}};
figure const a_of_2_bytes_k8{
    {0, 0, 1, 1, 2, 2, 3, 3}, {0, 1, 0, 1, 0, 1, 0, 1}, {2, 3, 2, 3, 2, 3, 2, 3}};
figure const a_of_2_bytes_k16{{0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3},
                              {0, 1, 0, 1, 0, 1, 0, 1, 4, 5, 4, 5, 4, 5, 4, 5},
                              {2, 3, 2, 3, 2, 3, 2, 3, 6, 7, 6, 7, 6, 7, 6, 7}};
figure const a_of_1_byte_k16{{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3},
                             {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3},
                             {4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7}};
figure const a_of_1_byte_k32{{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
                              0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3},
                             {0, 1, 2,  3,  0, 1, 2,  3,  0, 1, 2,  3,  0, 1, 2,  3,
                              8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11, 8, 9, 10, 11},
                             {4,  5,  6,  7,  4,  5,  6,  7,  4,  5,  6,  7,  4,  5,  6,  7,
                              12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15}};
figure const b_of_4_bytes_k4{{0, 1, 2, 3}, {0, 0, 0, 0}, {}};
figure const b_of_4_bytes_k8{{0, 1, 2, 3, 0, 1, 2, 3}, {0, 0, 0, 0, 1, 1, 1, 1}, {}};
figure const b_of_2_bytes_k8{{0, 0, 1, 1, 2, 2, 3, 3}, {0, 1, 0, 1, 0, 1, 0, 1}, {}};
figure const b_of_2_bytes_k16{{0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3},
                              {0, 1, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3, 2, 3},
                              {}};
figure const b_of_1_byte_k16{{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3},
                             {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3},
                             {}};
figure const b_of_1_byte_k32{{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3,
                              0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3},
                             {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
                              4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7},
                             {}};
// c of 16 x 16, as wgmma's figure for N goes on: after 8 columns the elements are 4 higher.
figure const c_of_16{{0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3},
                     {0, 1, 0, 1, 0, 1, 0, 1, 4, 5, 4, 5, 4, 5, 4, 5},
                     {2, 3, 2, 3, 2, 3, 2, 3, 6, 7, 6, 7, 6, 7, 6, 7}};

/// Every element is where the figure has it, both ways.
template <class Fragment> void at(int row, int column, gpu::fragment_place const& wanted) {
  CAPTURE(row);
  CAPTURE(column);
  auto const found = Fragment::holder(row, column);
  CHECK(found.lane == wanted.lane);
  CHECK(found.element == wanted.element);
  CHECK(Fragment::place(wanted.lane, wanted.element) == gpu::matrix_place{row, column});
}
template <class Fragment> void rows_as(figure const& f) {
  REQUIRE(static_cast<int>(f.lane.size()) == Fragment::columns);
  for (int row = 0; row < Fragment::rows; ++row)
    for (int column = 0; column < Fragment::columns; ++column) {
      auto const k = static_cast<std::size_t>(column);
      at<Fragment>(row, column, {first_lane[row] + f.lane[k], row < 8 ? f.upper[k] : f.lower[k]});
    }
}
template <class Fragment> void columns_as(figure const& f) {
  REQUIRE(static_cast<int>(f.lane.size()) == Fragment::rows);
  for (int column = 0; column < Fragment::columns; ++column)
    for (int row = 0; row < Fragment::rows; ++row) {
      auto const k = static_cast<std::size_t>(row);
      at<Fragment>(row, column, {first_lane[column] + f.lane[k], f.upper[k]});
    }
}

}  // namespace

TEST_CASE("fragment_a: as the figures for each size of element and each K") {
  rows_as<gpu::fragment_a<tf32, 4>>(a_of_4_bytes_k4);
  rows_as<gpu::fragment_a<tf32, 8>>(a_of_4_bytes_k8);
  rows_as<gpu::fragment_a<f16, 8>>(a_of_2_bytes_k8);
  rows_as<gpu::fragment_a<f16, 16>>(a_of_2_bytes_k16);
  rows_as<gpu::fragment_a<bf16, 16>>(a_of_2_bytes_k16);
  rows_as<gpu::fragment_a<std::int8_t, 16>>(a_of_1_byte_k16);
  rows_as<gpu::fragment_a<std::uint8_t, 32>>(a_of_1_byte_k32);
  rows_as<gpu::fragment_a<fp8_e4m3, 32>>(a_of_1_byte_k32);
}

TEST_CASE("fragment_b: as the figures for each size of element and each K") {
  columns_as<gpu::fragment_b<tf32, 4>>(b_of_4_bytes_k4);
  columns_as<gpu::fragment_b<tf32, 8>>(b_of_4_bytes_k8);
  columns_as<gpu::fragment_b<bf16, 8>>(b_of_2_bytes_k8);
  columns_as<gpu::fragment_b<f16, 16>>(b_of_2_bytes_k16);
  columns_as<gpu::fragment_b<std::uint8_t, 16>>(b_of_1_byte_k16);
  columns_as<gpu::fragment_b<std::int8_t, 32>>(b_of_1_byte_k32);
  columns_as<gpu::fragment_b<fp8_e5m2, 32>>(b_of_1_byte_k32);
}

TEST_CASE("fragment_c: two neighbours of two rows, of every 8 columns") {
  figure const c_of_8{{0, 0, 1, 1, 2, 2, 3, 3}, {0, 1, 0, 1, 0, 1, 0, 1}, {2, 3, 2, 3, 2, 3, 2, 3}};
  rows_as<gpu::fragment_c<float>>(c_of_8);
  rows_as<gpu::fragment_c<std::int32_t>>(c_of_8);
  rows_as<gpu::fragment_c<f16>>(c_of_8);
  rows_as<gpu::fragment_c<float, 16>>(c_of_16);
}

TEST_CASE("fragments: as many registers as the instructions take, and nothing else") {
  static_assert(gpu::fragment_a<f16, 16>::registers == 4 &&
                gpu::fragment_b<f16, 16>::registers == 2);
  static_assert(gpu::fragment_a<tf32, 4>::registers == 2 &&
                gpu::fragment_b<tf32, 4>::registers == 1);
  static_assert(gpu::fragment_a<fp8_e4m3, 32>::registers == 4);
  static_assert(gpu::fragment_c<float>::registers == 4 && gpu::fragment_c<f16>::registers == 2);
  static_assert(gpu::fragment_c<float, 256>::registers == 128);
  static_assert(sizeof(gpu::fragment_a<std::int8_t, 32>) == 16);
  static_assert(std::is_trivially_copyable_v<gpu::fragment_c<float>>);
  static_assert(std::is_same_v<decltype(gpu::fragment_c<float>{}.word[0]), float&&> ||
                std::is_same_v<gpu::fragment_c<float>::register_type, float>);
}

TEST_CASE("fragments: elements in registers, the first in the low bits; set changes no other") {
  gpu::fragment_a<f16, 16> a{};
  for (int i = 0; i < 8; ++i)
    a.set(i, f16::from_bits(static_cast<std::uint16_t>(0x1110 * (i + 1))));
  CHECK(a.word[0] == 0x22201110u);
  CHECK(a.word[3] == 0x88807770u);
  a.set(1, f16::from_bits(0xffff));
  CHECK(a.word[0] == 0xffff1110u);
  CHECK(a[0].bits == 0x1110);
  CHECK(a[1].bits == 0xffff);

  gpu::fragment_b<std::int8_t, 32> b{};
  for (int i = 0; i < 8; ++i) b.set(i, static_cast<std::int8_t>(-i - 1));
  CHECK(b.word[0] == 0xfcfdfeffu);
  b.set(2, std::int8_t{0});
  CHECK(b.word[0] == 0xfc00feffu);
  CHECK(b[7] == -8);

  gpu::fragment_c<float> c{};
  c.set(2, 1.5f);
  CHECK(c.word[2] == 1.5f);
  CHECK(c[2] == 1.5f);
}
