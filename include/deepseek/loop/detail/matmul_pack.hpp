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

/// memory a [Rows, k] -> panel [k in groups, Rows].
///
/// Whole vectors are stored where only Rows words belong: the next store, and for the last one the slack
/// behind each panel, take what is too much.
template <class Kernel, int Rows, class A>
void pack_rows(typename Kernel::word* panel, matrix<A> const& a, std::int64_t k) {
  using words = typename Kernel::words;
  using word = typename Kernel::word;
  constexpr int lanes = Kernel::lanes;
  constexpr int parts = (Rows + lanes - 1) / lanes;
  constexpr int group = Kernel::group;
  std::int64_t const groups = (k + group - 1) / group;
  if constexpr (Rows > 1) {
    if (a.column_stride == 1) {
      auto const take = [&]<bool Whole>(std::int64_t p) {
        int const elements = Whole ? lanes * group : static_cast<int>(k - p * group);
        words row[parts][lanes];
        unroll<parts * lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
          A* const from = a.data + I * a.row_stride + p * group;
          if constexpr (I >= Rows) row[I / lanes][I % lanes] = words(word(0));
          else if constexpr (Whole) row[I / lanes][I % lanes] = Kernel::of_a(Kernel::load(from));
          else row[I / lanes][I % lanes] = Kernel::of_a(Kernel::load_n(from, elements));
        });
        for (auto& part : row) arch::transpose(part);
        unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
          if (!Whole && I * group >= elements) return;
          unroll<parts>([&]<int P>() DEEPSEEK_INLINE_LAMBDA {
            arch::store(panel + (p + I) * Rows + P * lanes, row[P][I]);
          });
        });
      };
      std::int64_t p = 0;
      for (; (p + lanes) * group <= k; p += lanes) take.template operator()<true>(p);
      if (p < groups) take.template operator()<false>(p);
      return;
    }
    if (a.row_stride == 1) {
      for (std::int64_t p = 0; p < groups; ++p)
        unroll<parts>([&]<int P>() DEEPSEEK_INLINE_LAMBDA {
          int const depth = k - p * group < group ? static_cast<int>(k - p * group) : group;
          A* const from = a.data + p * group * a.column_stride + P * lanes;
          arch::store(
              panel + p * Rows + P * lanes,
              Kernel::of_a(Kernel::load_columns(from, a.column_stride, depth, Rows - P * lanes)));
        });
      return;
    }
  }
  for (std::int64_t p = 0; p < groups; ++p)
    for (int i = 0; i < Rows; ++i) {
      int const depth = k - p * group < group ? static_cast<int>(k - p * group) : group;
      A* const from = a.data + i * a.row_stride + p * group * a.column_stride;
      panel[p * Rows + i] =
          arch::get(Kernel::of_a(words(Kernel::gather(from, a.column_stride, depth))), 0);
    }
}

/// memory b [k, columns], k next to each other -> panel, zeros beyond `columns`. Column by column, each
/// vector would miss the cache k times over.
template <class Kernel, class B>
void pack_transposed(typename Kernel::word* panel, matrix<B> const& b, std::int64_t k,
                     int columns) {
  using words = typename Kernel::words;
  using word = typename Kernel::word;
  constexpr int lanes = Kernel::lanes;
  constexpr int group = Kernel::group;
  auto const take = [&]<bool Whole>(std::int64_t p, int first, int elements) {
    B* const column = b.data + first * b.column_stride + p * group;
    words row[lanes];
    unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      B* const from = column + I * b.column_stride;
      if constexpr (Whole) row[I] = Kernel::load(from);
      else row[I] = first + I < columns ? Kernel::load_n(from, elements) : words(word(0));
    });
    arch::transpose(row);
    unroll<lanes>([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if (!Whole && I * group >= elements) return;
      arch::store(panel + (p + I) * Kernel::columns + first, row[I]);
    });
  };
  for (std::int64_t p = 0; p * group < k; p += lanes) {
    constexpr int whole = lanes * group;
    int const elements = k - p * group < whole ? static_cast<int>(k - p * group) : whole;
    for (int first = 0; first < Kernel::columns; first += lanes) {
      if (elements == whole && first + lanes <= columns)
        take.template operator()<true>(p, first, elements);
      else take.template operator()<false>(p, first, elements);
    }
  }
}

/// memory b [k, columns] -> panel [k in groups, tile columns], zeros beyond `columns`.
template <class Kernel, class B>
void pack_columns(typename Kernel::word* panel, matrix<B> const& b, std::int64_t k, int columns) {
  constexpr int lanes = Kernel::lanes;
  constexpr int group = Kernel::group;
  std::int64_t const groups = (k + group - 1) / group;
  if (b.column_stride != 1 && b.row_stride == 1) {
    pack_transposed<Kernel>(panel, b, k, columns);
  } else {
    for (std::int64_t p = 0; p < groups; ++p) {
      int const depth = k - p * group < group ? static_cast<int>(k - p * group) : group;
      B* const row = b.data + p * group * b.row_stride;
      auto* const to = panel + p * Kernel::columns;
      if (b.column_stride == 1) {
        unroll<Kernel::vectors>([&]<int V>() DEEPSEEK_INLINE_LAMBDA {
          arch::store(to + V * lanes, Kernel::load_columns(row + V * lanes, b.row_stride, depth,
                                                           columns - V * lanes));
        });
      } else {
        for (int j = 0; j < Kernel::columns; ++j)
          to[j] = j < columns ? Kernel::gather(row + j * b.column_stride, b.row_stride, depth)
                              : typename Kernel::word(0);
      }
    }
  }
  if constexpr (Kernel::starts_with_sums) Kernel::write_starts(panel, groups);
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
