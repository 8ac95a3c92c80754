// SPDX-License-Identifier: Apache-2.0
/// @file product_operands: what a kernel of a matrix product knows of its operands:
/// c[x, i, j] = sum_k a[x, i, k] b[x, k, j], x the batch axes, along which operands may be the same.
#pragma once
#include <cstdint>

#include <deepseek/base/config.hpp>

namespace deepseek::kernel {

/// product_matrix<T>: an operand in memory; `step` from a row of a to the next, of b from a column to the
/// next; k_step along k. In elements.
template <class T> struct product_matrix {
  T const* data = nullptr;
  std::int64_t step = 1;
  std::int64_t k_step = 1;
};

/// product_size: of one matrix of the batch; n columns.
struct product_size {
  int m = 1;
  int n = 1;
  int k = 0;
};

/// product_batch: the batch axes, the last one running fastest; steps of operands in elements, 0 where an
/// operand has one matrix for all.
struct product_batch {
  static constexpr int most_axes = 6;
  int axes = 0;
  int extent[most_axes] = {};
  std::int64_t a_step[most_axes] = {};
  std::int64_t b_step[most_axes] = {};

  [[nodiscard]] constexpr std::int64_t count() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < axes; ++axis) n *= extent[axis];
    return n;
  }
  /// place_of: where the matrices of one batch begin.
  struct place_of {
    std::int64_t a = 0;
    std::int64_t b = 0;
  };
  [[nodiscard]] DEEPSEEK_HOST_DEVICE constexpr place_of place(int number) const {
    place_of at;
    auto left = static_cast<unsigned>(number);
    for (int axis = axes - 1; axis >= 0; --axis) {
      auto const n = static_cast<unsigned>(extent[axis]);
      auto const index = static_cast<std::int64_t>(left % n);
      left /= n;
      at.a += index * a_step[axis];
      at.b += index * b_step[axis];
    }
    return at;
  }
};

/// product_operands<A, B>: both.
template <class A, class B> struct product_operands {
  product_matrix<A> a;
  product_matrix<B> b;
  product_size size;
  product_batch batch;
};

/// merged_rows(p): batch axes along which b is the same matrix, and the rows of a go on in memory, as
/// rows: so that few rows of many matrices fill tiles. Results are numbered as before: matrix by
/// matrix, row by row.
template <class A, class B>
[[nodiscard]] constexpr product_operands<A, B> merged_rows(product_operands<A, B> p) {
  constexpr std::int64_t most = (std::int64_t{1} << 31) - (std::int64_t{1} << 16);
  for (; p.batch.axes > 0; --p.batch.axes) {
    int const last = p.batch.axes - 1;
    int const n = p.batch.extent[last];
    std::int64_t const step = p.batch.a_step[last];
    if (n == 1) continue;
    bool const goes_on = p.size.m == 1 ? step != 0 : step == p.size.m * p.a.step;
    if (p.batch.b_step[last] != 0 || !goes_on || std::int64_t{p.size.m} * n > most) break;
    if (p.size.m == 1) p.a.step = step;
    p.size.m *= n;
  }
  return p;
}

}  // namespace deepseek::kernel
