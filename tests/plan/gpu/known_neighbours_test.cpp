// SPDX-License-Identifier: Apache-2.0
/// @file known_neighbours: what row-major says; strides say nothing.
#include <deepseek/plan/gpu/known_neighbours.hpp>
#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

namespace ds = deepseek;
using ds::plan::gpu::known_neighbours;
using ds::plan::gpu::neighbours_of;

TEST_CASE("neighbours_of: what row-major says; strides say nothing") {
  using rows = ds::tensor<ds::bf16, ds::dynamic_dims<2>>::view_type;
  using turned = ds::view<ds::bf16, ds::dynamic_dims<2>, ds::strided<2>>;
  CHECK(neighbours_of<rows, true>() == known_neighbours::along_k);
  CHECK(neighbours_of<rows, false>() == known_neighbours::along_rows);
  CHECK(neighbours_of<turned, true>() == known_neighbours::nothing);
}
