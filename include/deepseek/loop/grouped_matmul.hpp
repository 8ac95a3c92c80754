// SPDX-License-Identifier: Apache-2.0
/// @file grouped_matmul_product: the rows of a matrix belong to groups, each of which is multiplied with a
/// matrix of its own. Pieces of all groups are shared by the threads.
#pragma once
#include <cstdint>

#include <deepseek/loop/matmul.hpp>
#include <deepseek/tensor/storage.hpp>

namespace deepseek::loop {

/// group_grid: a group's pieces, numbered on from those of the groups before.
struct group_grid {
  std::int64_t group;
  std::int64_t first_row;
  std::int64_t first_piece;
  matmul_grid grid;
};

/// group_grid_list: of the groups that have rows.
struct group_grid_list {
  storage memory;
  std::int64_t count = 0;
  [[nodiscard]] group_grid const* begin() const {
    return static_cast<group_grid const*>(memory.data());
  }
  [[nodiscard]] group_grid const* end() const { return begin() + count; }
  [[nodiscard]] std::int64_t pieces() const {
    return count == 0 ? 0 : end()[-1].first_piece + end()[-1].grid.pieces();
  }
};

/// group_grids<Kernel>(offsets, groups, extents, threads, whole_rows, evaluates_a): of the groups that have
/// rows: offsets[g] to offsets[g + 1]; m: all rows.
template <class Kernel>
group_grid_list group_grids(std::int64_t const* offsets, std::int64_t groups,
                            matmul_extents const& e, int threads, bool whole_rows,
                            bool evaluates_a) {
  group_grid_list grids{storage{groups * std::int64_t{sizeof(group_grid)}}};
  auto* const to = static_cast<group_grid*>(grids.memory.data());
  for (std::int64_t g = 0; g < groups; ++g) {
    std::int64_t const rows = offsets[g + 1] - offsets[g];
    if (rows < 1) continue;
    // As many of the threads as the group has of the rows: so all groups together have enough pieces.
    auto const share = static_cast<int>((threads * rows + e.m - 1) / e.m);
    matmul_grid const grid =
        matmul_grid_of<Kernel>({1, rows, e.n, e.k}, share, whole_rows, evaluates_a);
    to[grids.count] = {g, offsets[g], grids.pieces(), grid};
    ++grids.count;
  }
  return grids;
}

/// grouped_matmul_product<Compute>(offsets, groups, extents, product, threads): as matmul_product of
/// one matrix of all rows, where product.b(g, memory) is what the rows of group g are multiplied with.
///
/// @cost   2 m n k flops
/// @order  of each sum as in matmul_product
template <class Compute, class Product>
void grouped_matmul_product(std::int64_t const* offsets, std::int64_t groups,
                            matmul_extents const& e, Product const& product, int threads) {
  using Kernel = detail::kernel_of<Compute, typename Product::a_type, typename Product::b_type>;
  auto const grids =
      group_grids<Kernel>(offsets, groups, e, threads, Product::whole_rows, Product::evaluates_a);
  if (grids.count == 0 || e.n < 1) return;
  std::int64_t rows = 0;
  for (auto const& of : grids) rows = of.grid.rows > rows ? of.grid.rows : rows;
  share_work(threads, grids.pieces(), 1, [&](work_queue& queue) {
    workspace memory;
    auto const scratch = detail::take_panels<Kernel>(memory, rows, e.k);
    work_range range;
    while (queue.take(range)) {
      group_grid const* low = grids.begin();
      group_grid const* high = grids.end();
      while (high - low > 1) {
        group_grid const* const middle = low + (high - low) / 2;
        (middle->first_piece <= range.begin ? low : high) = middle;
      }
      group_grid const& of = *low;
      matmul_piece piece = of.grid.piece(range.begin - of.first_piece);
      piece.row += of.first_row;
      matrix<Compute> const c = product.begin(piece, memory);
      detail::multiply_one<Compute>(scratch, product, piece, of.group, e.k, of.grid.skinny, c.data,
                                    c.row_stride, memory);
      product.end(piece, c, memory);
    }
  });
}

}  // namespace deepseek::loop
