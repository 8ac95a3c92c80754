// SPDX-License-Identifier: Apache-2.0
/// @file Calls that are kernels of the library, against the host: compiled by nvcc on a GPU, where there is
/// none as the error that says so; by other compilers on the emulator.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/histogram.hpp>
#include <deepseek/ops/quantize.hpp>
#include <deepseek/ops/top_k.hpp>

#if !defined(__CUDACC__)
#include <deepseek/exec/emulated.hpp>
using other_executor = deepseek::emulated;
#endif
#include "by_another.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("top_k by each of its kernels") {
  check_two<matrix<float>, places>(random_tensor<float>(40, 60),
                                   [](auto const& x) { return ds::top_k(x, 8); });
  check_two<matrix<ds::bf16>, places>(random_tensor<ds::bf16>(3, 3000),
                                      [](auto const& x) { return ds::top_k(x, 50); });
  check_two<matrix<float>, places>(random_tensor<float>(1, 100000), [](auto const& x) {
    return ds::top_k(x, 5, {.largest = false, .sorted = false});
  });
}

TEST_CASE("histogram and bincount") {
  check_one<counts>(random_tensor<float>(7, 1001),
                    [](auto const& x) { return ds::histogram(x * 2.f, 30, -100, 100); });
  check_one<counts>(random_tensor<std::int32_t>(7, 1001),
                    [](auto const& x) { return ds::bincount(x, 20); });
}

TEST_CASE("quantize") {
  ds::tensor<std::int8_t, dims<dyn, dyn>> q{dims<dyn, dyn>{9, 1024}}, wanted_q{q.extents()};
  ds::tensor<float, dims<dyn, 1>> scale{dims<dyn, 1>{9}}, wanted_scale{scale.extents()};
  auto const x = random_tensor<ds::bf16>(9, 1024);
  (ds::tie(wanted_q, wanted_scale) = ds::quantize<std::int8_t>(x)).run(ds::host{});
  on_device([&] {
#if defined(__CUDACC__)
    ds::device_pool pool;
    auto const there = ds::to_device(x, pool);
    auto q_there = ds::to_device(q, pool);
    auto scale_there = ds::to_device(scale, pool);
    (ds::tie(q_there, scale_there) = ds::quantize<std::int8_t>(there)).run(ds::cuda{});
    q = ds::to_host(q_there, pool);
    scale = ds::to_host(scale_there, pool);
#else
    (ds::tie(q, scale) = ds::quantize<std::int8_t>(x)).run(other_executor{});
#endif
    CHECK(same(q, wanted_q));
    CHECK(same(scale, wanted_scale));
  });
}
