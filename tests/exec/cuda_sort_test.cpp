// SPDX-License-Identifier: Apache-2.0
/// @file Long sorts and scatter_add, against the host: compiled by nvcc on a GPU by CUB, where there is none
/// as the error that says so; by other compilers on the emulator, by the library's kernels.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/scatter_add.hpp>
#include <deepseek/ops/sort.hpp>

#if defined(__CUDACC__)
#include <deepseek/exec/cuda_sort.cuh>
#else
#include <deepseek/exec/emulated.hpp>
using other_executor = deepseek::emulated;
#endif
#include "by_another.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("sort, argsort, scatter_add") {
  check_two<matrix<float>, places>(random_tensor<float>(5, 3000),
                                   [](auto const& x) { return ds::sort_with_places(x); });
  check_one<matrix<ds::bf16>>(random_tensor<ds::bf16>(1, 5000), [](auto const& x) {
    return ds::sort(x, ds::sort_order::descending);
  });
  check_one<places>(random_tensor<std::int64_t>(50, 7), [](auto const& x) {
    return ds::argsort(x, ds::sort_order::ascending, ds::axes<0>);
  });
  auto const x = random_tensor<float>(30, 17);
  ds::tensor<std::int32_t, dims<dyn>> ids{dims<dyn>{400}};
  for (int i = 0; i < 400; ++i) ids(i) = (i * 7) % 30;
  auto const source = random_tensor<float>(400, 17);
  auto y = random_tensor<float>(30, 17), wanted = random_tensor<float>(30, 17);
  (wanted = ds::scatter_add(x, ds::axes<0>, ids, source)).run(ds::host{});
  on_device([&] {
#if defined(__CUDACC__)
    ds::device_pool pool;
    auto const there = ds::to_device(x, pool);
    auto const ids_there = ds::to_device(ids, pool);
    auto const source_there = ds::to_device(source, pool);
    auto y_there = ds::to_device(y, pool);
    (y_there = ds::scatter_add(there, ds::axes<0>, ids_there, source_there)).run(ds::cuda{});
    y = ds::to_host(y_there, pool);
#else
    (y = ds::scatter_add(x, ds::axes<0>, ids, source)).run(other_executor{});
#endif
    CHECK(same(y, wanted));
  });
}

#if !defined(__CUDACC__)
TEST_CASE("the emulator looks at indices before it starts; nothing is written") {
  auto x = random_tensor<float>(3, 2);
  auto const source = random_tensor<float>(2, 2);
  ds::tensor<std::int32_t, dims<2>> ids;
  ids(0) = 0;
  ids(1) = 3;
  x(0, 0) = 5;
  CHECK_THROWS_WITH_AS(
      (x = ds::scatter_add(x, ds::axes<0>, ids, source)).run(ds::emulated{}),
      "[DS-SCATTER-RANGE] scatter_add: index 3 at [1] of the indices is outside axis 0 of "
      "[3, 2]. Fix: 0 <= index < 3.",
      ds::shape_error);
  CHECK(x(0, 0) == 5);
}
#endif
