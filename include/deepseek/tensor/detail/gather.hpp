// SPDX-License-Identifier: Apache-2.0
/// @file Elements with any strides, as one run of bytes in row-major order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <deepseek/base/error.hpp>
#include <deepseek/shape/dims.hpp>  // max_rank

namespace deepseek::detail {

/// byte_count(rank, extents, element_bytes): how many bytes the elements take, or -1 when an extent
/// is below 0 or 64 bits cannot count them.
inline std::int64_t byte_count(int rank, std::int64_t const* extent, std::int64_t element_bytes) {
  std::int64_t bytes = element_bytes;
  bool empty = false;
  for (int axis = 0; axis < rank; ++axis) {
    if (extent[axis] < 0) return -1;
    empty = empty || extent[axis] == 0;
    // An empty tensor has no bytes, but its other extents must be countable too.
    if (extent[axis] != 0 && __builtin_mul_overflow(bytes, extent[axis], &bytes)) return -1;
  }
  return empty ? 0 : bytes;
}

/// gather_bytes(first, element_bytes, rank, extents, strides, sink): calls `sink(bytes, count)` with
/// consecutive pieces of the row-major order. Strides are in elements. Element sizes: 1, 2, 4, 8.
///
/// @cost one piece without a copy where the elements already lie in that order, else 32 KiB buffers
template <class Sink>
void gather_bytes(char const* first, std::int64_t element_bytes, int rank,
                  std::int64_t const* extent, std::int64_t const* stride, Sink const& sink) {
  std::int64_t const total = byte_count(rank, extent, element_bytes);
  if (total <= 0) return;
  std::int64_t expected = 1;
  bool in_order = true;
  for (int axis = rank - 1; axis >= 0; --axis) {
    in_order = in_order && (extent[axis] == 1 || stride[axis] == expected);
    expected *= extent[axis];
  }
  if (in_order) {
    sink(first, static_cast<std::size_t>(total));
    return;
  }

  char buffer[1 << 15];
  std::size_t used = 0;
  std::int64_t index[max_rank] = {};
  std::int64_t const row = extent[rank - 1];
  std::int64_t const step = stride[rank - 1] * element_bytes;
  for (;;) {
    std::int64_t offset = 0;
    for (int axis = 0; axis < rank - 1; ++axis) offset += index[axis] * stride[axis];
    char const* at = first + offset * element_bytes;
    for (std::int64_t i = 0; i < row; ++i, at += step) {
      if (used == sizeof buffer) {
        sink(buffer, used);
        used = 0;
      }
      switch (element_bytes) {  // a copy of a size the compiler knows is one instruction
        case 1: std::memcpy(buffer + used, at, 1); break;
        case 2: std::memcpy(buffer + used, at, 2); break;
        case 4: std::memcpy(buffer + used, at, 4); break;
        default: std::memcpy(buffer + used, at, 8); break;
      }
      used += static_cast<std::size_t>(element_bytes);
    }
    int axis = rank - 2;
    while (axis >= 0 && ++index[axis] == extent[axis]) index[axis--] = 0;
    if (axis < 0) break;
  }
  sink(buffer, used);
}

}  // namespace deepseek::detail
