// SPDX-License-Identifier: Apache-2.0
/// @file matmul: c = a b on the host for one batch of matrices with any strides, in pieces that a product
/// source may make and a sink may take while they are in the cache.
///
/// A piece is a block of rows times a block of columns, done by one thread with all of k: for a step of
/// k, its rows of a are packed once and stay in the second-level cache; b is packed panel by panel into the
/// first, and each panel meets every row. Sums are made in steps of k that depend on k alone: so the same
/// bits come out whatever the pieces and the number of threads are.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/loop/detail/matmul_dots.hpp>
#include <deepseek/loop/detail/matmul_pack.hpp>
#include <deepseek/loop/detail/matmul_products.hpp>
#include <deepseek/loop/detail/matmul_skinny.hpp>
#include <deepseek/loop/matmul_pieces.hpp>
#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/loop/workspace.hpp>

namespace deepseek::loop {

namespace detail {

/// The scratch of one thread while it multiplies: so many rows of a for one step of k, or for all of them.
template <class Kernel> struct panels {
  typename Kernel::word* a;
  typename Kernel::word* b;
  bool all_steps;
};

template <class Kernel>
panels<Kernel> take_panels(workspace& memory, std::int64_t rows, std::int64_t k) {
  using word = typename Kernel::word;
  constexpr std::int64_t most_bytes = std::int64_t{5} << 18;  // in the second cache, or nearly
  constexpr std::int64_t slack = 2 * arch::vector_bytes;
  std::int64_t const step = matmul_step(k, Kernel::group) / Kernel::group;
  std::int64_t const all = (k + Kernel::group - 1) / Kernel::group;
  bool const all_steps = rows * all * std::int64_t{sizeof(word)} <= most_bytes;
  std::int64_t const a_bytes =
      (rows * (all_steps ? all : step) * std::int64_t{sizeof(word)} + slack + 63) / 64 * 64;
  std::int64_t const b_bytes = (step + 1) * Kernel::columns * std::int64_t{sizeof(word)};
  auto* const block = static_cast<char*>(memory.take(workspace::matmul_panels, a_bytes + b_bytes));
  return {reinterpret_cast<word*>(block), reinterpret_cast<word*>(block + a_bytes), all_steps};
}

/// One step of k: the sums of a panel of columns.
template <class Kernel>
void multiply_panel(typename Kernel::word const* a, typename Kernel::word const* b,
                    std::int64_t groups, typename Kernel::sum* c, std::int64_t stride,
                    std::int64_t rows, int width, bool add, lines_ahead next) {
  for_each_tile<Kernel>(rows, [&]<int Rows>(std::int64_t i) {
    auto const* const panel = a + i * groups;
    auto* const to = c + i * stride;
    if (add) multiply_tile<Kernel, Rows, true>(panel, b, groups, to, stride, width, next);
    else multiply_tile<Kernel, Rows, false>(panel, b, groups, to, stride, width, next);
  });
}

/// c [rows, columns] = a [rows, k] b [k, columns], where b(first, count of k, first, count of columns) is
/// that part of b.
///
/// Few rows are packed for all steps of k, and each panel of columns is done with: so b is read along k.
/// Many rows are packed for one step, which all columns then meet. Fetch: b lies in memory, and the block
/// that comes next is fetched meanwhile.
template <class Kernel, bool Fetch, class A, class BlockOfB>
void multiply_piece(panels<Kernel> const& scratch, matrix<A> const& a, BlockOfB const& b,
                    std::int64_t k, typename Kernel::sum* c, std::int64_t stride, std::int64_t rows,
                    std::int64_t columns) {
  std::int64_t const step = matmul_step(k, Kernel::group);
  auto const groups_at = [&](std::int64_t p) {
    return ((k - p < step ? k - p : step) + Kernel::group - 1) / Kernel::group;
  };
  auto const pack_a = [&](std::int64_t p, typename Kernel::word* to) {
    std::int64_t const groups = groups_at(p);
    for_each_tile<Kernel>(rows, [&]<int Rows>(std::int64_t i) {
      pack_rows<Kernel, Rows>(to + i * groups, a.at(i, p), k - p < step ? k - p : step);
    });
  };
  auto const block = [&](std::int64_t p, std::int64_t j) {
    return b(p, k - p < step ? k - p : step, j,
             columns - j < Kernel::columns ? columns - j : Kernel::columns);
  };
  auto const panel = [&](std::int64_t p, std::int64_t j, typename Kernel::word const* rows_of_a,
                         std::int64_t next_p, std::int64_t next_j) {
    int const width =
        columns - j < Kernel::columns ? static_cast<int>(columns - j) : Kernel::columns;
    std::int64_t const depth = k - p < step ? k - p : step;
    pack_columns<Kernel>(scratch.b, block(p, j), depth, width);
    lines_ahead next;
    if constexpr (Fetch) {
      if (next_j + Kernel::columns <= columns && next_p + step <= k)
        next = lines_of(block(next_p, next_j), step, Kernel::columns);
    }
    multiply_panel<Kernel>(rows_of_a, scratch.b, groups_at(p), c + j, stride, rows, width, p > 0,
                           next);
  };
  if (scratch.all_steps) {
    for (std::int64_t p = 0; p < k; p += step) pack_a(p, scratch.a + rows * (p / Kernel::group));
    for (std::int64_t j = 0; j < columns; j += Kernel::columns)
      for (std::int64_t p = 0; p == 0 || p < k; p += step) {
        bool const more = p + step < k;
        panel(p, j, scratch.a + rows * (p / Kernel::group), more ? p + step : 0,
              more ? j : j + Kernel::columns);
      }
  } else {
    for (std::int64_t p = 0; p < k; p += step) {
      pack_a(p, scratch.a);
      for (std::int64_t j = 0; j < columns; j += Kernel::columns)
        panel(p, j, scratch.a, p, j + Kernel::columns);
    }
  }
}

/// One piece: product.a(piece) times matrix `matrix` of b, to `to`.
template <class Compute, class Kernel, class Product>
void multiply_one(panels<Kernel> const& scratch, Product const& product, matmul_piece const& one,
                  std::int64_t matrix, std::int64_t k, bool skinny, Compute* to,
                  std::int64_t stride, workspace& memory) {
  auto const a = product.a(one, memory);
  auto b = product.b(matrix, memory);
  auto const b_of_piece = [&](std::int64_t p, std::int64_t depth, std::int64_t j,
                              std::int64_t width) { return b(p, depth, one.column + j, width); };
  if constexpr (!Product::evaluates_b) {
    if (skinny && multiply_skinny<Compute>(a, b_of_piece(0, k, 0, one.columns), k, to, stride,
                                           one.rows, one.columns))
      return;
  }
  multiply_piece<Kernel, !Product::evaluates_b>(scratch, a, b_of_piece, k, to, stride, one.rows,
                                                one.columns);
}

template <class Compute, class Product>
void multiply_pieces(matmul_extents const& e, Product const& product, int threads) {
  using Kernel = kernel_of<Compute, typename Product::a_type, typename Product::b_type>;
  constexpr double serial_flops = 1e5;
  if (2.0 * double(e.batch) * double(e.m) * double(e.n) * double(e.k) < serial_flops) threads = 1;
  matmul_grid const grid =
      matmul_grid_of<Kernel>(e, threads, Product::whole_rows, Product::evaluates_a);
  std::int64_t const together = grid.pieces() == 1 ? product.together(e) : 1;
  share_work(threads, e.batch / together * grid.pieces(), 1, [&](work_queue& queue) {
    workspace memory;
    auto const scratch = take_panels<Kernel>(memory, grid.rows, e.k);
    work_range range;
    while (queue.take(range)) {
      matmul_piece piece = grid.piece(range.begin);
      piece.batch *= together;
      piece.batches = together;
      matrix<Compute> const c = product.begin(piece, memory);
      for (std::int64_t g = 0; g < together; ++g) {
        matmul_piece const one{piece.batch + g, piece.row, piece.rows, piece.column, piece.columns};
        multiply_one<Compute>(scratch, product, one, one.batch, e.k, grid.skinny,
                              c.data + g * one.rows * c.row_stride, c.row_stride, memory);
      }
      product.end(piece, c, memory);
    }
  });
}

}  // namespace detail

/// matmul_product(extents, product, threads): the pieces of a product, whose operands `product` gives and
/// whose results it takes.
///
///   product.a(piece, memory)             matrix of the piece's rows of a [rows, k]
///   product.b(batch, memory)             a function (first k, count, first column, count) -> matrix
///   product.begin(piece, memory)         where the piece's sums go: a row-major matrix of Compute
///   product.end(piece, matrix, memory)   the piece is complete
///   together(extents)                    so many small results, one after the other, are a piece
///   whole_rows                           a piece has all columns
///   evaluates_a, evaluates_b             a(piece) is work: better once than for each block of columns
///
/// @cost   2 m n k flops a batch
/// @order  sums over steps of k in order, in each step k in order, one fused multiply-add each
template <class Compute, class Product>
void matmul_product(matmul_extents const& e, Product const& product, int threads) {
  if constexpr (!Product::evaluates_a && !Product::evaluates_b) {
    if (detail::turns<Compute>(e)) {
      detail::multiply_pieces<Compute>(
          {e.batch, e.n, e.m, e.k}, detail::turned_product<Compute, Product>{e, product}, threads);
      return;
    }
  }
  detail::multiply_pieces<Compute>(e, product, threads);
}

/// rows_are_shared<Compute>(extents, threads): pieces with all columns are enough for all threads.
template <class Compute> bool rows_are_shared(matmul_extents const& e, int threads) {
  using Kernel = detail::multiply_add<Compute>;
  matmul_grid const grid = matmul_grid_of<Kernel>(e, threads, true, false);
  return e.batch * grid.pieces() >= threads;
}

/// matmul<Compute>(extents, matrices, threads): matrices(batch) gives the three matrices a, b, c of a
/// batch, of any strides.
///
/// @cost   as matmul_product; results that are not rows of Compute are written from scratch
template <class Compute, class Matrices>
void matmul(matmul_extents const& e, Matrices const& matrices, int threads) {
  matmul_product<Compute>(e, detail::memory_product<Compute, Matrices>{matrices}, threads);
}

}  // namespace deepseek::loop
