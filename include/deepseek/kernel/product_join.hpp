// SPDX-License-Identifier: Apache-2.0
/// @file product_join: sums of a matrix product whose k was shared by several blocks: the shares of each are
/// added in their order, so with the same bits in every run, and go through the epilogue.
#pragma once
#include <concepts>
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/arch/gpu/thread.hpp>
#include <deepseek/kernel/launch_shape.hpp>
#include <deepseek/kernel/product_epilogue.hpp>
#include <deepseek/tile/unrolled.hpp>
#include <deepseek/tile/vector_access.hpp>

namespace deepseek::kernel {

/// product_join<Sum, Epilogue>: one thread for Epilogue::width neighbours of a row.
template <class Sum, class Epilogue> struct product_join {
  using shared_plan = no_shared;
  static constexpr int threads = 256;
  static constexpr char const* name = "product_join";
  static constexpr int width = Epilogue::width;
  static_assert(product_epilogue<Epilogue, Sum>);

  Sum const*
      shares;  ///< [share_count, matrices, rows, row_step]; rows begin at multiples of 16 bytes
  std::int64_t row_step;
  int share_count;
  int matrices;
  int rows;
  int columns;
  Epilogue epilogue;

  /// pieces(): of all rows; blocks are spread over them.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE std::int64_t pieces() const {
    return std::int64_t{matrices} * rows * pieces_of_row();
  }

  DEEPSEEK_HOST_DEVICE void run(shared_plan&) const {
    std::int64_t const step = std::int64_t{arch::gpu::grid_blocks().x} * threads;
    std::int64_t const all = pieces();
    for (std::int64_t number =
             std::int64_t{arch::gpu::block_index().x} * threads + arch::gpu::thread_rank();
         number < all; number += step)
      join(number);
  }

 private:
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE int pieces_of_row() const {
    return (columns + width - 1) / width;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join(std::int64_t number) const {
    std::int64_t const row = number / pieces_of_row();
    int const column = static_cast<int>(number - row * pieces_of_row()) * width;
    std::int64_t const share_step = std::int64_t{matrices} * rows * row_step;
    Sum const* from = shares + row * row_step;
    auto total = at(from, column);
    for (int s = 1; s < share_count; ++s) {
      from += share_step;
      auto const next = at(from, column);
      tile::unrolled<width>([&](auto i)
                                DEEPSEEK_INLINE_LAMBDA { total[i] = plus(total[i], next[i]); });
    }
    int const matrix = static_cast<int>(row / rows);
    epilogue.write(matrix, static_cast<int>(row - std::int64_t{matrix} * rows), column, total);
  }
  /// Integers wrap.
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE Sum plus(Sum a, Sum b) {
    if constexpr (std::integral<Sum>)
      return static_cast<Sum>(static_cast<std::make_unsigned_t<Sum>>(a) +
                              static_cast<std::make_unsigned_t<Sum>>(b));
    else return a + b;
  }
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE tile::held<Sum, width> at(Sum const* row, int column) const {
    constexpr int whole = 16 / int(sizeof(Sum));
    constexpr int part = width < whole ? width : whole;
    return tile::load_row<width, part>(row, column, part, columns, Sum{});
  }
};

}  // namespace deepseek::kernel
