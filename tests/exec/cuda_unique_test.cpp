// SPDX-License-Identifier: Apache-2.0
/// @file unique on a GPU, against the host: compiled by nvcc, where there is no GPU as the error that says
/// so; by other compilers on the host with another number of threads.
#include <deepseek/exec/unique.hpp>

#if defined(__CUDACC__)
#include <deepseek/exec/cuda_unique.cuh>
#else
using other_executor = deepseek::host;
#endif
#include "by_another.hpp"

namespace ds = deepseek;
using ds::dims;
using namespace deepseek::test;

TEST_CASE("values, inverse and counts") {
  auto const x = random_tensor<float>(7, 900);
  auto const wanted = ds::unique(ds::host{1}, x);
  on_device([&] {
#if defined(__CUDACC__)
    ds::device_pool pool;
    auto const there = ds::to_device(x, pool);
    auto const result = ds::unique(ds::cuda{}, there, pool);
    auto const values = ds::to_host(result.values, pool);
    auto const inverse = ds::to_host(result.inverse, pool);
    auto const counts = ds::to_host(result.counts, pool);
#else
    auto const [values, inverse, counts] = ds::unique(ds::host{3}, x);
#endif
    CHECK(values.size() == wanted.values.size());
    CHECK(same(values, wanted.values));
    CHECK(same(inverse, wanted.inverse));
    CHECK(same(counts, wanted.counts));
  });
}
