// SPDX-License-Identifier: Apache-2.0
/// @file A shape read from a file against the shape a program asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <deepseek/base/error.hpp>
#include <deepseek/shape/dims.hpp>

namespace deepseek::detail {

using file_shape = std::vector<std::int64_t>;

/// Same rank, and the same extent wherever Dims has a static one.
template <extents_type Dims>
bool shape_fits(file_shape const& shape) {
  if (shape.size() != std::size_t{Dims::rank}) return false;
  for (int axis = 0; axis < Dims::rank; ++axis) {
    std::int64_t const wanted = Dims::static_extent(axis);
    if (wanted != dyn && wanted != shape[static_cast<std::size_t>(axis)]) return false;
  }
  return true;
}

/// "[2, 3]"; of a long one, which a file may claim, the beginning.
inline text shape_text(file_shape const& shape) {
  constexpr std::size_t shown_limit = 16;
  text result{"["};
  for (std::size_t axis = 0; axis < shape.size() && axis < shown_limit; ++axis)
    result << (axis > 0 ? ", " : "") << shape[axis];
  if (shape.size() > shown_limit) result << ", ... (" << shape.size() << " axes)";
  result << ']';
  return result;
}

/// "[dyn, 384]"
template <extents_type Dims>
text pattern_text() {
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
