// SPDX-License-Identifier: Apache-2.0
/// @file block_scales: factors of blocks of operands whose elements have few bits: a number that an element
/// stands for is the element times the scale of its block.
///
/// Of a: blocks of one row and 128 of k; of b: of 128 of k and 128 columns.
#pragma once
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/base/config.hpp>

namespace deepseek::kernel {

/// no_scales: all of them are 1.
struct no_scales {
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float of_a(int, int, int) const { return 1; }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float of_b(int, int, int) const { return 1; }
};

/// block_scales: in memory, in any order: strides in elements.
struct block_scales {
  static constexpr int block = 128;

  float const* a;  ///< [matrices, rows, k / 128]
  float const* b;  ///< [matrices, k / 128, columns / 128]
  std::int64_t a_matrix, a_row, a_block;
  std::int64_t b_matrix, b_block, b_column;

  /// of_a(matrix, row, k_block), of_b(matrix, k_block, column_block).
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float of_a(int matrix, int row, int k_block) const {
    return arch::gpu::load(a + matrix * a_matrix + row * a_row + k_block * a_block);
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE float of_b(int matrix, int k_block, int column) const {
    return arch::gpu::load(b + matrix * b_matrix + k_block * b_block + column * b_column);
  }
};

}  // namespace deepseek::kernel
