// SPDX-License-Identifier: Apache-2.0
/// @file Where a product's operands come from and its results go: memory of any strides, or the transposed
/// product.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/base/convert.hpp>
#include <deepseek/loop/detail/matmul_pack.hpp>
#include <deepseek/loop/matmul_pieces.hpp>
#include <deepseek/loop/workspace.hpp>

namespace deepseek::loop::detail {

/// turns(e): with so few columns most of a tile would be multiplied for nothing: better as b' a'.
template <class Compute> constexpr bool turns(matmul_extents const& e) {
  return e.n <= multiply_add<Compute>::columns / 2 && e.m > e.n;
}

/// turned_product: the transposed product; its pieces are transposed before they are handed on.
template <class Compute, class Product> struct turned_product {
  matmul_extents extents;
  Product const& product;
  using a_type = typename Product::b_type;
  using b_type = typename Product::a_type;
  static constexpr bool whole_rows = false;
  static constexpr bool evaluates_a = false;
  static constexpr bool evaluates_b = false;
  static std::int64_t together(matmul_extents const&) { return 1; }

  static matmul_piece turned(matmul_piece const& p) {
    return {p.batch, p.column, p.columns, p.row, p.rows};
  }
  auto a(matmul_piece const& piece, workspace& memory) const {
    return product.b(piece.batch, memory)(0, extents.k, piece.row, piece.rows).transposed();
  }
  auto b(std::int64_t batch, workspace& memory) const {
    return
        [this, batch, &memory](std::int64_t p, std::int64_t, std::int64_t j, std::int64_t width) {
          return product.a({batch, j, width, 0, extents.n}, memory).at(0, p).transposed();
        };
  }
  matrix<Compute> begin(matmul_piece const& piece, workspace& memory) const {
    return {
        static_cast<Compute*>(memory.take(
            workspace::matmul_turned, piece.rows * piece.columns * std::int64_t{sizeof(Compute)})),
        piece.columns, 1};
  }
  void end(matmul_piece const& piece, matrix<Compute> const& sums, workspace& memory) const {
    matrix<Compute> const c = product.begin(turned(piece), memory);
    for (std::int64_t i = 0; i < piece.rows; ++i)
      for (std::int64_t j = 0; j < piece.columns; ++j)
        c.data[j * c.row_stride + i * c.column_stride] = sums.data[i * sums.row_stride + j];
    product.end(turned(piece), c, memory);
  }
};

/// scratch_of<Compute>(piece, memory): room for the sums of a piece.
template <class Compute> matrix<Compute> scratch_of(matmul_piece const& piece, workspace& memory) {
  std::int64_t const bytes =
      piece.batches * piece.rows * piece.columns * std::int64_t{sizeof(Compute)};
  return {static_cast<Compute*>(memory.take(workspace::matmul_sums, bytes)), piece.columns, 1};
}

/// begin_in_memory<Compute>(result, piece, memory): where the sums of a piece of a result in memory go: there
/// at once, if it has rows of Compute.
template <class Compute, class C>
matrix<Compute> begin_in_memory(matrix<C> const& result, matmul_piece const& piece,
                                workspace& memory) {
  if constexpr (std::is_same_v<Compute, C>) {
    matrix<C> const c = result.at(piece.row, piece.column);
    if (c.column_stride == 1) return c;
  }
  return scratch_of<Compute>(piece, memory);
}

template <class C, class Compute> void write_row(C* to, Compute const* from, std::int64_t count) {
  constexpr int lanes = arch::vector_bytes / int(sizeof(Compute));
  std::int64_t j = 0;
  for (; j + lanes <= count; j += lanes) arch::store(to + j, arch::load<lanes>(from + j));
  int const left = static_cast<int>(count - j);
  if (left > 0) arch::store_n(to + j, arch::load_n<lanes>(from + j, left), left);
}

/// end_in_memory(result, piece, sums): sums that are not there yet are written.
template <class C, class Compute>
void end_in_memory(matrix<C> const& result, matmul_piece const& piece,
                   matrix<Compute> const& sums) {
  matrix<C> const c = result.at(piece.row, piece.column);
  if (static_cast<void const*>(c.data) == static_cast<void const*>(sums.data)) return;
  for (std::int64_t i = 0; i < piece.rows; ++i) {
    C* const to = c.data + i * c.row_stride;
    Compute const* const from = sums.data + i * sums.row_stride;
    if (c.column_stride == 1) write_row(to, from, piece.columns);
    else
      for (std::int64_t j = 0; j < piece.columns; ++j)
        to[j * c.column_stride] = convert<C>(from[j]);
  }
}

/// memory_product: operands and results of any strides in memory.
template <class Compute, class Matrices> struct memory_product {
  Matrices const& matrices;
  using batch_type = decltype(matrices(std::int64_t{0}));
  using a_type = std::remove_reference_t<decltype(*std::declval<batch_type>().a.data)>;
  using b_type = std::remove_reference_t<decltype(*std::declval<batch_type>().b.data)>;
  static constexpr bool whole_rows = false;
  static constexpr bool evaluates_a = false;
  static constexpr bool evaluates_b = false;
  static std::int64_t together(matmul_extents const&) { return 1; }

  auto a(matmul_piece const& piece, workspace&) const {
    return matrices(piece.batch).a.at(piece.row, 0);
  }
  auto b(std::int64_t batch, workspace&) const {
    return [b = matrices(batch).b](std::int64_t p, std::int64_t, std::int64_t j, std::int64_t) {
      return b.at(p, j);
    };
  }
  matrix<Compute> begin(matmul_piece const& piece, workspace& memory) const {
    return begin_in_memory<Compute>(matrices(piece.batch).c, piece, memory);
  }
  void end(matmul_piece const& piece, matrix<Compute> const& sums, workspace&) const {
    end_in_memory(matrices(piece.batch).c, piece, sums);
  }
};

}  // namespace deepseek::loop::detail
