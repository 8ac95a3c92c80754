// SPDX-License-Identifier: Apache-2.0
/// @file Operands of a product brought into the order in which the innermost loop reads them.
#pragma once
#include <cstdint>
#include <type_traits>

#include <deepseek/arch/cpu/pack_convert.hpp>
#include <deepseek/arch/cpu/pack_transpose.hpp>
#include <deepseek/base/dtype.hpp>
#include <deepseek/loop/detail/matmul_kernel.hpp>

namespace deepseek::loop {

/// matrix<T>: elements of one matrix of a batch.
template <class T> struct matrix {
  T* data;
  std::int64_t row_stride;
  std::int64_t column_stride;

  /// The matrix that begins at (row, column).
  [[nodiscard]] matrix at(std::int64_t row, std::int64_t column) const {
    return {data + row * row_stride + column * column_stride, row_stride, column_stride};
  }
  [[nodiscard]] matrix transposed() const { return {data, column_stride, row_stride}; }
};

namespace detail {

template <class Compute, class T> DEEPSEEK_INLINE Compute packed_element(T const& x) {
  return static_cast<Compute>(static_cast<compute_t<std::remove_const_t<T>>>(x));
}
template <class Compute, int Lanes, class T>
DEEPSEEK_INLINE arch::pack<Compute, Lanes> packed_lanes(T const* x) {
  return arch::convert<Compute>(arch::load<Lanes>(x));
}
template <class Compute, int Lanes, class T>
DEEPSEEK_INLINE arch::pack<Compute, Lanes> packed_lanes(T const* x, int count) {
  return arch::convert<Compute>(arch::load_n<Lanes>(x, count));
}

/// memory a [Rows, k] -> panel [k, Rows].
///
/// Whole vectors are stored where only Rows elements belong: the next store, and for the last one the
/// slack behind each panel, take what is too much.
template <class Kernel, int Rows, class A>
void pack_rows(typename Kernel::element* panel, matrix<A> const& a, std::int64_t k) {
  using Compute = typename Kernel::element;
  constexpr int lanes = arch::vector_bytes / int(sizeof(Compute));
  constexpr int parts = (Rows + lanes - 1) / lanes;
  using pack = arch::pack<Compute, lanes>;
  std::int64_t p = 0;
  if constexpr (Rows > 1) {
    if (a.column_stride == 1) {
      auto const take = [&]<bool Whole>(int count) {
        pack row[parts][lanes];
        unroll<parts * lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
          A* const from = a.data + I * a.row_stride + p;
          if constexpr (I >= Rows) row[I / lanes][I % lanes] = pack(Compute(0));
          else if constexpr (Whole) row[I / lanes][I % lanes] = packed_lanes<Compute, lanes>(from);
          else row[I / lanes][I % lanes] = packed_lanes<Compute, lanes>(from, count);
        });
        for (auto& part : row) arch::transpose(part);
        unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
          if (!Whole && I >= count) return;
          unroll<parts>([&]<int P>() DEEPSEEK_INLINE_LAMBDA {
            arch::store(panel + (p + I) * Rows + P * lanes, row[P][I]);
          });
        });
      };
      for (; p + lanes <= k; p += lanes) take.template operator()<true>(lanes);
      if (p < k) take.template operator()<false>(static_cast<int>(k - p));
      return;
    } else if (a.row_stride == 1 && Rows % lanes != 0) {
      for (; p < k; ++p)
        unroll<parts>([&]<int P>() DEEPSEEK_INLINE_LAMBDA {
          constexpr int count = Rows - P * lanes < lanes ? Rows - P * lanes : lanes;
          arch::store(
              panel + p * Rows + P * lanes,
              packed_lanes<Compute, lanes>(a.data + p * a.column_stride + P * lanes, count));
        });
    }
  }
  for (; p < k; ++p)
    for (int i = 0; i < Rows; ++i)
      panel[p * Rows + i] = packed_element<Compute>(a.data[i * a.row_stride + p * a.column_stride]);
}

/// memory b [k, columns], k next to each other -> panel, zeros beyond `columns`. Column by column, each
/// vector would miss the cache k times over.
template <class Kernel, class B>
void pack_transposed(typename Kernel::element* panel, matrix<B> const& b, std::int64_t k,
                     int columns) {
  using Compute = typename Kernel::element;
  using pack = arch::pack<Compute, Kernel::lanes>;
  constexpr int lanes = Kernel::lanes;
  auto const take = [&]<bool Whole>(std::int64_t p, int first, int count) {
    B* const column = b.data + first * b.column_stride + p;
    pack row[lanes];
    unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      B* const from = column + I * b.column_stride;
      if constexpr (Whole) row[I] = packed_lanes<Compute, lanes>(from);
      else
        row[I] = first + I < columns ? packed_lanes<Compute, lanes>(from, count) : pack(Compute(0));
    });
    arch::transpose(row);
    unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if (!Whole && I >= count) return;
      arch::store(panel + (p + I) * Kernel::columns + first, row[I]);
    });
  };
  for (std::int64_t p = 0; p < k; p += lanes) {
    int const count = k - p < lanes ? static_cast<int>(k - p) : lanes;
    for (int first = 0; first < Kernel::columns; first += lanes) {
      if (count == lanes && first + lanes <= columns)
        take.template operator()<true>(p, first, lanes);
      else take.template operator()<false>(p, first, count);
    }
  }
}

/// memory b [k, columns] -> panel [k, tile columns], zeros beyond `columns`.
template <class Kernel, class B>
void pack_columns(typename Kernel::element* panel, matrix<B> const& b, std::int64_t k,
                  int columns) {
  using Compute = typename Kernel::element;
  constexpr int lanes = Kernel::lanes;
  std::int64_t p = 0;
  if (b.column_stride == 1) {
    for (; p < k; ++p) {
      B* const row = b.data + p * b.row_stride;
      Compute* const to = panel + p * Kernel::columns;
      unroll<Kernel::vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
        int const left = columns - V * lanes;
        if (left >= lanes)
          arch::store(to + V * lanes, packed_lanes<Compute, lanes>(row + V * lanes));
        else
          arch::store(to + V * lanes, left <= 0
                                          ? arch::pack<Compute, lanes>(Compute(0))
                                          : packed_lanes<Compute, lanes>(row + V * lanes, left));
      });
    }
    return;
  }
  if (b.row_stride == 1) {
    pack_transposed<Kernel>(panel, b, k, columns);
    return;
  }
  for (; p < k; ++p) {
    B* const row = b.data + p * b.row_stride;
    Compute* const to = panel + p * Kernel::columns;
    for (int j = 0; j < columns; ++j) to[j] = packed_element<Compute>(row[j * b.column_stride]);
    for (int j = columns; j < Kernel::columns; ++j) to[j] = Compute(0);
  }
}

/// lines_of(b, k, columns): the lines of a block, in the order in which they lie.
template <class B> lines_ahead lines_of(matrix<B> const& b, std::int64_t k, std::int64_t columns) {
  bool const by_rows = b.column_stride == 1;
  if (!by_rows && b.row_stride != 1) return {};
  std::int64_t const run = (by_rows ? columns : k) * std::int64_t{sizeof(B)};
  std::int64_t const stride = (by_rows ? b.row_stride : b.column_stride) * std::int64_t{sizeof(B)};
  int const lines = static_cast<int>((run + 63) / 64);
  return {reinterpret_cast<char const*>(b.data), stride - 64 * std::int64_t{lines}, lines, lines,
          by_rows ? k : columns};
}

}  // namespace detail
}  // namespace deepseek::loop
