// SPDX-License-Identifier: Apache-2.0
/// @file matmul: c = a b on the host for one batch of matrices with any strides.
///
/// Columns of b are packed into a panel of two vectors' width, so that the inner loop reads memory in
/// order; a block of rows of c stays in registers for the whole length of k. Each element is summed
/// in the order of k, whatever the number of threads.
#pragma once
#include <cstdint>

#include <deepseek/arch/cpu/pack.hpp>
#include <deepseek/arch/cpu/pack_math.hpp>
#include <deepseek/arch/cpu/pack_memory.hpp>
#include <deepseek/arch/cpu/pack_transpose.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/loop/unroll.hpp>
#include <deepseek/loop/workspace.hpp>

namespace deepseek::loop {

/// matrix<T>: elements of one matrix of a batch.
template <class T> struct matrix {
  T* data;
  std::int64_t row_stride;
  std::int64_t column_stride;
};

/// matmul_extents: c is [batch, m, n], a [batch, m, k], b [batch, k, n].
struct matmul_extents {
  std::int64_t batch;
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
};

namespace detail {

template <class Compute> struct matmul_tile {
  static constexpr int lanes = arch::vector_bytes / int(sizeof(Compute));
  static constexpr int vectors = 2;
  static constexpr int columns = lanes * vectors;
  static constexpr int rows = arch::vector_bytes == 64 ? 8 : 4;  // accumulators fill the registers
  using pack = arch::pack<Compute, lanes>;
};

/// memory b [k, columns from `first`], k next to each other -> panel, as far as whole vectors of k
/// go: returns their number. Column by column, each vector would miss the cache k times over.
template <class Compute, class B>
std::int64_t pack_transposed(Compute* panel, matrix<B> const& b, std::int64_t k,
                             std::int64_t first) {
  using tile = matmul_tile<Compute>;
  constexpr int lanes = tile::lanes;
  std::int64_t p = 0;
  for (; p + lanes <= k; p += lanes) {
    unroll<tile::vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
      B const* const column = b.data + (first + V * lanes) * b.column_stride + p;
      typename tile::pack row[lanes];
      unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        row[I] = arch::load<lanes>(column + I * b.column_stride);
      });
      arch::transpose(row);
      unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
        arch::store(panel + (p + I) * tile::columns + V * lanes, row[I]);
      });
    });
  }
  return p;
}

/// memory b [k, columns from `first`] -> panel [k, tile columns], zeros beyond n.
template <class Compute, class B>
void pack_panel(Compute* panel, matrix<B> const& b, std::int64_t k, std::int64_t first,
                std::int64_t n) {
  using tile = matmul_tile<Compute>;
  using Element = compute_t<std::remove_const_t<B>>;
  std::int64_t const columns = n - first < tile::columns ? n - first : tile::columns;
  std::int64_t p = 0;
  if constexpr (std::is_same_v<Element, Compute>) {
    if (b.row_stride == 1 && columns == tile::columns) p = pack_transposed(panel, b, k, first);
  }
  for (; p < k; ++p) {
    B const* const row = b.data + p * b.row_stride + first * b.column_stride;
    Compute* const out = panel + p * tile::columns;
    for (std::int64_t j = 0; j < columns; ++j)
      out[j] = static_cast<Compute>(static_cast<Element>(row[j * b.column_stride]));
    for (std::int64_t j = columns; j < tile::columns; ++j) out[j] = Compute(0);
  }
}

/// value [rows, tile columns] -> c [rows, columns], of any strides.
template <class Compute, class C>
DEEPSEEK_OUTLINE void write_part(Compute const* value, int rows, matrix<C> const& c,
                                 std::int64_t columns) {
  for (int i = 0; i < rows; ++i, value += matmul_tile<Compute>::columns)
    for (std::int64_t j = 0; j < columns; ++j)
      c.data[i * c.row_stride + j * c.column_stride] = convert<C>(value[j]);
}

/// rows [0, Rows) of a [Rows, k] times a panel [k, tile columns] -> c [Rows, columns].
template <int Rows, class Compute, class A, class C>
void multiply_rows(matrix<A> const& a, Compute const* panel, std::int64_t k, matrix<C> const& c,
                   std::int64_t columns) {
  using tile = matmul_tile<Compute>;
  using pack = typename tile::pack;
  pack sum[Rows][tile::vectors];
  A const* row[Rows];
  unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
    sum[I][0] = pack(Compute(0));
    sum[I][1] = pack(Compute(0));
    row[I] = a.data + I * a.row_stride;
  });
  std::int64_t at = 0;  // p * a.column_stride
  for (std::int64_t p = 0; p < k; ++p, at += a.column_stride) {
    pack const b0 = arch::load<tile::lanes>(panel + p * tile::columns);
    pack const b1 = arch::load<tile::lanes>(panel + p * tile::columns + tile::lanes);
    unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      pack const x(
          static_cast<Compute>(static_cast<compute_t<std::remove_const_t<A>>>(row[I][at])));
      sum[I][0] = arch::fma(x, b0, sum[I][0]);
      sum[I][1] = arch::fma(x, b1, sum[I][1]);
    });
  }
  // Only constant indices into `sum` and no reference to it: else it would lie in memory all along.
  bool const whole = c.column_stride == 1 && columns == tile::columns;
  auto const write = [&]<class To>(To* to, std::int64_t stride) DEEPSEEK_INLINE_LAMBDA {
    unroll<Rows>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      arch::store(to + I * stride, sum[I][0]);
      arch::store(to + I * stride + tile::lanes, sum[I][1]);
    });
  };
  if (whole) {
    write(c.data, c.row_stride);
  } else {
    Compute value[Rows * tile::columns];
    write(value, tile::columns);
    write_part(value, Rows, c, columns);
  }
}

}  // namespace detail

/// matmul<Compute>(extents, matrices, threads): matrices(batch) gives the three matrices of a batch.
///
/// @cost   2 m n k flops a batch; a thread packs k * two vectors of b at a time
/// @order  sums run over k in order, each step a fused multiply-add
template <class Compute, class Matrices>
void matmul(matmul_extents const& e, Matrices const& matrices, int threads) {
  using tile = detail::matmul_tile<Compute>;
  std::int64_t const panels = (e.n + tile::columns - 1) / tile::columns;
  constexpr double serial_flops = 1e5;
  if (2.0 * double(e.batch) * double(e.m) * double(e.n) * double(e.k) < serial_flops) threads = 1;
  share_work(threads, e.batch * panels, 1, [&](work_queue& queue) {
    workspace memory;
    auto* const panel = static_cast<Compute*>(
        memory.take(workspace::kept_values,
                    (e.k < 1 ? 1 : e.k) * tile::columns * std::int64_t{sizeof(Compute)}));
    work_range range;
    while (queue.take(range)) {
      auto const batch = matrices(range.begin / panels);
      auto a = batch.a;  // no structured binding: clang captures none of those in a lambda
      auto c = batch.c;
      std::int64_t const first = range.begin % panels * tile::columns;
      std::int64_t const columns = e.n - first < tile::columns ? e.n - first : tile::columns;
      detail::pack_panel(panel, batch.b, e.k, first, e.n);
      c.data += first * c.column_stride;
      std::int64_t i = 0;
      auto const multiply = [&]<int Rows>() {
        for (; i + Rows <= e.m; i += Rows) {
          detail::multiply_rows<Rows>(a, panel, e.k, c, columns);
          a.data += Rows * a.row_stride;
          c.data += Rows * c.row_stride;
        }
      };
      multiply.template operator()<tile::rows>();
      if constexpr (tile::rows > 4) multiply.template operator()<4>();
      multiply.template operator()<2>();
      multiply.template operator()<1>();
    }
  });
}

}  // namespace deepseek::loop
