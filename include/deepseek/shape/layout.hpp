// SPDX-License-Identifier: Apache-2.0
/// @file Where an element of a tensor lies: strides in elements, row-major or free.
#pragma once
#include <cstdint>

#include <deepseek/shape/dims.hpp>

namespace deepseek {

/// row_major: the last axis is contiguous and every axis follows from the extents. Stores nothing.
struct row_major {
  template <class D>
  DEEPSEEK_HOST_DEVICE static constexpr std::int64_t stride(D const& extents, int axis) {
    std::int64_t stride = 1;
    for (int k = D::rank - 1; k > axis; --k) stride *= extents[k];
    return stride;
  }
  friend constexpr bool operator==(row_major, row_major) { return true; }
};

/// strided<Rank>: one stride per axis, in elements; 0 repeats an element, negative runs backwards.
template <int Rank> struct strided {
  std::int64_t value[Rank == 0 ? 1 : Rank] = {};
  template <class D> DEEPSEEK_HOST_DEVICE constexpr std::int64_t stride(D const&, int axis) const {
    return value[axis];
  }
  friend constexpr bool operator==(strided const& a, strided const& b) {
    for (int axis = 0; axis < Rank; ++axis)
      if (a.value[axis] != b.value[axis]) return false;
    return true;
  }
};

/// is_contiguous(extents, layout): the elements lie one after the other, in row-major order.
template <class D, class Layout>
constexpr bool is_contiguous(D const& extents, Layout const& layout) {
  if (extents.size() == 0) return true;
  std::int64_t expected = 1;
  for (int axis = D::rank - 1; axis >= 0; --axis) {
    if (extents[axis] != 1 && layout.stride(extents, axis) != expected) return false;
    expected *= extents[axis];
  }
  return true;
}

/// offset_range: the lowest and highest offset an element lies at, both from the first element.
struct offset_range {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
};
template <class D, class Layout>
constexpr offset_range offsets_of(D const& extents, Layout const& layout) {
  offset_range range;
  for (int axis = 0; axis < D::rank; ++axis) {
    if (extents[axis] == 0) return {0, -1};
    std::int64_t const reach = (extents[axis] - 1) * layout.stride(extents, axis);
    (reach < 0 ? range.lowest : range.highest) += reach;
  }
  return range;
}

}  // namespace deepseek
