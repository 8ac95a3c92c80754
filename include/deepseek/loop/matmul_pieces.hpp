// SPDX-License-Identifier: Apache-2.0
/// @file Into what pieces a product is cut for threads and caches.
#pragma once
#include <cstdint>

namespace deepseek::loop {

/// matmul_extents: c is [batch, m, n], a [batch, m, k], b [batch, k, n].
struct matmul_extents {
  std::int64_t batch;
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
};

/// matmul_piece: a block of one result, or of several whole ones.
struct matmul_piece {
  std::int64_t batch;
  std::int64_t row;
  std::int64_t rows;
  std::int64_t column;
  std::int64_t columns;
  std::int64_t batches = 1;
};

/// matmul_grid: pieces of `rows` by `columns`, fewer at the borders.
struct matmul_grid {
  matmul_extents extents;
  std::int64_t rows;
  std::int64_t columns;
  bool skinny;  ///< so few rows that b is not packed

  [[nodiscard]] std::int64_t across() const { return (extents.n + columns - 1) / columns; }
  [[nodiscard]] std::int64_t down() const { return (extents.m + rows - 1) / rows; }
  [[nodiscard]] std::int64_t pieces() const {
    return extents.m < 1 || extents.n < 1 ? 0 : across() * down();
  }
  [[nodiscard]] matmul_piece piece(std::int64_t number) const {
    std::int64_t const in_batch = number % pieces();
    std::int64_t const row = in_batch / across() * rows;
    std::int64_t const column = in_batch % across() * columns;
    return {number / pieces(), row, extents.m - row < rows ? extents.m - row : rows, column,
            extents.n - column < columns ? extents.n - column : columns};
  }
};

/// balanced(count, most, multiple): the size of the pieces when `count` is cut into as few as there must
/// be, all of one size as far as possible, each a multiple.
constexpr std::int64_t balanced(std::int64_t count, std::int64_t most, std::int64_t multiple) {
  if (count < 1) return multiple;
  std::int64_t const pieces = (count + most - 1) / most;
  std::int64_t const size = (count + pieces - 1) / pieces;
  return (size + multiple - 1) / multiple * multiple;
}

/// matmul_step(k, group): elements of k that are summed before the sum is added to the result: whole vectors
/// of groups.
constexpr std::int64_t matmul_step(std::int64_t k, int group = 1) {
  constexpr std::int64_t most = 384;
  constexpr std::int64_t multiple = 32;
  return balanced(k, most * group, multiple * group);
}

/// small_batches(extents, inner): how many small results, neighbours along a last batch axis of `inner`, are
/// better done as one piece.
constexpr std::int64_t small_batches(matmul_extents const& e, std::int64_t inner) {
  constexpr double piece_flops = 4e6;
  double const flops = 2.0 * double(e.m) * double(e.n) * double(e.k) + 1;
  std::int64_t together = inner;
  while (together > 1 && (inner % together != 0 || double(together) * flops > piece_flops))
    --together;
  return together < 1 ? 1 : together;
}

/// matmul_grid_of<Kernel>(extents, threads, whole_rows, evaluates_a): pieces as large as the caches take,
/// as many as keep all threads busy to the end.
template <class Kernel>
constexpr matmul_grid matmul_grid_of(matmul_extents const& e, int threads, bool whole_rows,
                                     bool evaluates_a) {
  constexpr std::int64_t most_rows = 560 / Kernel::rows * Kernel::rows;
  constexpr std::int64_t least_columns = 2 * Kernel::columns;
  constexpr std::int64_t evaluated_bytes = std::int64_t{1} << 21;
  constexpr int pieces_a_thread = 4;
  std::int64_t rows = most_rows;
  if (evaluates_a) {
    std::int64_t const fit = evaluated_bytes / 4 / (e.k < 1 ? 1 : e.k) / Kernel::rows;
    std::int64_t const least = 4 * Kernel::rows;
    if (fit * Kernel::rows < rows) rows = fit * Kernel::rows < least ? least : fit * Kernel::rows;
  }
  constexpr std::int64_t skinny_rows = 4;
  bool const skinny = e.m <= skinny_rows;
  std::int64_t const wanted = threads > 1 ? threads * pieces_a_thread : 1;
  if (whole_rows) {
    std::int64_t const share = (e.batch * e.m + wanted - 1) / wanted;
    std::int64_t const least = 4 * Kernel::rows;
    if (share < rows) rows = share < least ? least : share;
    return {e, balanced(e.m, rows, Kernel::rows), e.n < 1 ? 1 : e.n, skinny};
  }
  rows = balanced(e.m, rows, Kernel::rows);
  std::int64_t const down = e.batch * ((e.m + rows - 1) / rows);
  std::int64_t across = down < 1 ? 1 : (wanted + down - 1) / down;
  std::int64_t const most = e.n / least_columns;
  if (across > most) across = most < 1 ? 1 : most;
  for (std::int64_t even = across; even > across / 2; --even)  // all threads end together
    if (down * even % threads == 0) {
      across = even;
      break;
    }
  std::int64_t const columns = balanced(e.n, (e.n + across - 1) / across, Kernel::columns);
  return {e, rows, columns < 1 ? 1 : columns, skinny};
}

}  // namespace deepseek::loop
