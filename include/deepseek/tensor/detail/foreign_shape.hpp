// SPDX-License-Identifier: Apache-2.0
/// @file A shape that came from outside (a file, another framework) against the one asked for.
#pragma once

#include <cstddef>
#include <cstdint>

#include <deepseek/base/error.hpp>
#include <deepseek/shape/dims.hpp>

namespace deepseek::detail {

/// foreign_shape: extents somewhere else, any number of them, not to be trusted.
struct foreign_shape {
  std::int64_t const* extent;
  std::size_t rank;
};

/// Same rank, and the same extent wherever Dims has a static one.
template <extents_type Dims> bool shape_fits(foreign_shape shape) {
  if (shape.rank != std::size_t{Dims::rank}) return false;
  for (int axis = 0; axis < Dims::rank; ++axis) {
    std::int64_t const wanted = Dims::static_extent(axis);
    if (wanted != dyn && wanted != shape.extent[axis]) return false;
  }
  return true;
}

/// "[2, 3]"; of a long one, which a file may claim, the beginning.
inline text& operator<<(text& target, foreign_shape shape) {
  constexpr std::size_t shown_limit = 16;
  target << '[';
  for (std::size_t axis = 0; axis < shape.rank && axis < shown_limit; ++axis)
    target << (axis > 0 ? ", " : "") << shape.extent[axis];
  if (shape.rank > shown_limit) target << ", ... (" << shape.rank << " axes)";
  return target << ']';
}

/// "[dyn, 384]"
template <extents_type Dims> text pattern_text() {
  text result{"["};
  for (int axis = 0; axis < Dims::rank; ++axis) {
    result << (axis > 0 ? ", " : "");
    if (Dims::static_extent(axis) == dyn) result << "dyn";
    else result << Dims::static_extent(axis);
  }
  result << ']';
  return result;
}

}  // namespace deepseek::detail
