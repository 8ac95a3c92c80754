// SPDX-License-Identifier: Apache-2.0
/// @file known_neighbours: what the type of a product's operand says of where its elements lie.
#pragma once
#include <type_traits>

#include <deepseek/shape/layout.hpp>

namespace deepseek::plan::gpu {

/// known_neighbours: along which axis an operand's elements are neighbours, as far as its type says.
enum class known_neighbours : unsigned char { along_k, along_rows, nothing };

/// neighbours_of<View, LastIsK>: of a view whose last axis is k, or is that of the rows.
template <class View, bool LastIsK> constexpr known_neighbours neighbours_of() {
  if (!std::is_same_v<typename View::layout_type, row_major>) return known_neighbours::nothing;
  return LastIsK ? known_neighbours::along_k : known_neighbours::along_rows;
}

}  // namespace deepseek::plan::gpu
