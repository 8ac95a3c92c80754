// SPDX-License-Identifier: Apache-2.0
/// @file rows_along: the rows of a view along one of its axes, whatever its strides.
#pragma once
#include <cstdint>

#include <deepseek/shape/dims.hpp>

namespace deepseek::loop {

/// rows_along<T>: row r is row(r)[0], row(r)[step], … row(r)[(columns - 1) * step]; rows are in row-major
/// order of the other axes.
template <class T> struct rows_along {
  T* data = nullptr;
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  std::int64_t step = 1;
  int axes = 0;  ///< besides the one of the rows
  std::int64_t extent[max_rank] = {};
  std::int64_t stride[max_rank] = {};

  [[nodiscard]] T* row(std::int64_t r) const {
    std::int64_t offset = 0;
    for (int axis = axes - 1; axis > 0; --axis) {
      offset += r % extent[axis] * stride[axis];
      r /= extent[axis];
    }
    return data + offset + (axes > 0 ? r * stride[0] : 0);
  }
  /// The distance of each row from the one before; -1 if it is not the same for all, or below 0.
  [[nodiscard]] std::int64_t row_stride() const {
    bool known = false;
    std::int64_t distance = columns;
    std::int64_t reach = 1;  // rows that the axes so far walk over
    for (int axis = axes - 1; axis >= 0; --axis) {
      if (extent[axis] == 1) continue;
      if (!known) distance = stride[axis];
      else if (stride[axis] != distance * reach) return -1;
      known = true;
      reach *= extent[axis];
    }
    return distance < 0 ? -1 : distance;
  }
};

/// rows_of(v, axis): the rows of a view along an axis; a view without axes is one row of one element.
template <class View> rows_along<typename View::element_type> rows_of(View const& v, int axis) {
  rows_along<typename View::element_type> rows;
  rows.data = v.data();
  for (int a = 0; a < View::rank; ++a) {
    if (a == axis) {
      rows.columns = v.extent(a);
      rows.step = v.stride(a);
    } else {
      rows.rows *= v.extent(a);
      rows.extent[rows.axes] = v.extent(a);
      rows.stride[rows.axes++] = v.stride(a);
    }
  }
  return rows;
}

}  // namespace deepseek::loop
