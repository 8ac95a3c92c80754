// SPDX-License-Identifier: Apache-2.0
/// @file part_counts: in how many parts, each the work of a block, few long rows or columns are spread
/// over a GPU.
#pragma once
#include <cstdint>

namespace deepseek::plan::gpu {

/// Rows and columns are spread from two parts on, of so many elements each or more; in about blocks_of_parts
/// blocks in all.
inline constexpr std::int64_t elements_of_part = std::int64_t{1} << 14;
inline constexpr std::int64_t blocks_of_parts = 4 * 132;

/// parts_of_rows(rows, elements): of each row of so many elements; 0 where a row is the work of one block.
[[nodiscard]] constexpr std::int64_t parts_of_rows(std::int64_t rows, std::int64_t elements) {
  constexpr std::int64_t few_rows = blocks_of_parts / 2;
  std::int64_t const most = elements / elements_of_part;
  if (rows >= few_rows || rows == 0 || most < 2) return 0;
  std::int64_t const wanted = blocks_of_parts / rows;
  return wanted < most ? wanted : most;
}

/// parts_of_columns(columns, length): of each column; 0 where a column is the work of one block, which mostly
/// has columns_of_block of them.
inline constexpr std::int64_t columns_of_block = 128;
[[nodiscard]] constexpr std::int64_t parts_of_columns(std::int64_t columns, std::int64_t length) {
  std::int64_t const blocks = (columns + columns_of_block - 1) / columns_of_block;
  return parts_of_rows(blocks, length * (columns < columns_of_block ? columns : columns_of_block));
}

}  // namespace deepseek::plan::gpu
