// SPDX-License-Identifier: Apache-2.0
/// @file sort and argsort of rows that fit in a block, on the emulator: the values and places of the host.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/sort.hpp>
using other_executor = deepseek::emulated;
#include "by_another.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("by warps and by blocks, in both directions, along another axis, of an expression") {
  check_two<matrix<float>, places>(random_tensor<float>(9, 31),
                                   [](auto const& x) { return ds::sort_with_places(x); });
  check_one<matrix<ds::bf16>>(random_tensor<ds::bf16>(2, 2048), [](auto const& x) {
    return ds::sort(x, ds::sort_order::descending);
  });
  check_one<places>(random_tensor<std::int64_t>(50, 3), [](auto const& x) {
    return ds::argsort(x * 2, ds::sort_order::ascending, ds::axes<0>);
  });
  check_one<matrix<float>>(random_tensor<float>(0, 3), [](auto const& x) { return ds::sort(x); });
}

TEST_CASE("rows that no block holds") {
  auto const x = random_tensor<float>(1, 2049);
  matrix<float> y{x.extents()};
  CHECK_THROWS_WITH_AS(
      (y = ds::sort(x)).run(ds::emulated{}),
      "[DS-SORT-ROOM] sort on the emulator: a row has 2049 elements; on a GPU that is "
      "an algorithm of the CUDA toolkit. Fix: rows of at most 2048, or .run(host{}).",
      ds::shape_error);
}
