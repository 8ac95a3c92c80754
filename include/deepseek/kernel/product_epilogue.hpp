// SPDX-License-Identifier: Apache-2.0
/// @file product_epilogue: what becomes of the finished sums of a matrix product.
///
/// A kernel of a product keeps its epilogue among its arguments and calls it with `width` neighbours of a
/// row, the first of which is in the result; the epilogue knows where a row ends. Rows come in wide,
/// neighbouring pieces from neighbouring threads, each place once.
#pragma once
#include <concepts>
#include <cstdint>

#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/base/convert.hpp>
#include <deepseek/tile/unrolled.hpp>
#include <deepseek/tile/vector_access.hpp>

namespace deepseek::kernel {

/// product_epilogue<E, Sum>: E::width, and write(matrix of the batch, row, column, sums).
template <class E, class Sum>
concept product_epilogue = requires(E const& e, tile::held<Sum, E::width> const& sums) {
  { E::width } -> std::convertible_to<int>;
  e.write(int{}, int{}, int{}, sums);
};

/// product_store<T, Width>: the plain one: the sums as T, in accesses of Width elements or up to 16 bytes.
/// Where addresses are not aligned to that, Width is 1 (store_width says).
template <class T, int Width> struct product_store {
  static constexpr int width = Width;
  static constexpr int part = Width * int(sizeof(T)) <= 16 ? Width : 16 / int(sizeof(T));

  T* data = nullptr;
  std::int64_t matrix_step = 0;
  std::int64_t row_step = 1;
  std::int64_t column_step = 1;  ///< of a Width of 1; else neighbours
  int columns = 0;

  template <class Sum>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(int matrix, int row, int column,
                                                  tile::held<Sum, Width> const& sums) const {
    T* const to = data + matrix * matrix_step + row * row_step;
    tile::held<T, Width> rounded;
    tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      if constexpr (std::same_as<T, Sum>) rounded[i] = sums[i];
      else rounded[i] = convert<T>(sums[i]);
    });
    if constexpr (Width == 1) arch::gpu::store(to + column * column_step, rounded[0]);
    else tile::store_row<part>(to, column, part, columns, rounded);
  }
};

/// store_width<T>(data, columns, matrix_step, row_step): the widest product_store that may be used: 8, 4 or
/// 1 elements.
template <class T>
[[nodiscard]] inline int store_width(T const* data, std::int64_t columns, std::int64_t matrix_step,
                                     std::int64_t row_step) {
  constexpr int whole = 16 / int{sizeof(T)};
  int const one_access = tile::access_elements(data, columns, matrix_step, row_step);
  if (one_access >= whole || one_access >= 8) return 8;
  return one_access >= 4 ? 4 : 1;
}

}  // namespace deepseek::kernel
