// SPDX-License-Identifier: Apache-2.0
/// @file Calls that are kernels of the library, against the host: compiled by nvcc on a GPU, where there is
/// none as the error that says so; by other compilers on the emulator.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/histogram.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/quantize.hpp>
#include <deepseek/ops/segment.hpp>
#include <deepseek/ops/sort.hpp>
#include <deepseek/ops/top_k.hpp>

#if !defined(__CUDACC__)
#include <deepseek/exec/emulated.hpp>
using other_executor = deepseek::emulated;
#endif
#include "by_another.hpp"

#include <initializer_list>

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

TEST_CASE("sort by digits, and top_k of more than a block holds, in both orders") {
  check_two<matrix<float>, places>(random_tensor<float>(2, 5000),
                                   [](auto const& x) { return ds::sort_with_places(x); });
  check_two<matrix<ds::bf16>, places>(random_tensor<ds::bf16>(2, 4100),
                                      [](auto const& x) { return ds::top_k(x, 2500); });
  check_two<matrix<float>, places>(random_tensor<float>(1, 4100), [](auto const& x) {
    return ds::top_k(x, 3000, {.largest = false, .sorted = false});
  });
}

TEST_CASE("histogram and bincount") {
  check_one<counts>(random_tensor<float>(7, 1001),
                    [](auto const& x) { return ds::histogram(x * 2.f, 30, -100, 100); });
  check_one<counts>(random_tensor<std::int32_t>(7, 1001),
                    [](auto const& x) { return ds::bincount(x, 20); });
  check_one<counts>(random_tensor<float>(7, 1001),
                    [](auto const& x) { return ds::histogram(x, 5000, -50, 75); });
}

namespace {
/// make(x, offsets) by the other executor is what the host gives; sums of few digits, exact in any order.
template <class Y, class X, class Make>
void check_segments(X const& x, std::initializer_list<std::int32_t> ends, Make const& make) {
  ds::tensor<std::int32_t, dims<dyn>> offsets{dims<dyn>{static_cast<std::int64_t>(ends.size())}};
  std::int64_t count = 0;
  for (auto const end : ends) offsets(count++) = end;
  Y y{make(x, offsets).extents()}, wanted{y.extents()};
  (wanted = make(x, offsets)).run(ds::host{});
  on_device([&] {
#if defined(__CUDACC__)
    ds::device_pool pool;
    auto const there = ds::to_device(x, pool);
    auto const offsets_there = ds::to_device(offsets, pool);
    auto y_there = ds::to_device(y, pool);
    (y_there = make(there, offsets_there)).run(ds::cuda{});
    y = ds::to_host(y_there, pool);
#else
    (y = make(x, offsets)).run(other_executor{});
#endif
    CHECK(same(y, wanted));
  });
}
}  // namespace

TEST_CASE("segments: short and long ones, none, in parts; permuted operands, expressions") {
  auto const sums = [](auto const& x, auto const& at) { return ds::segment_sum(x, at); };
  check_segments<matrix<float>>(random_tensor<float>(90, 37), {0, 0, 3, 50, 51, 90}, sums);
  check_segments<matrix<float>>(random_tensor<float>(5000, 3), {2, 2000, 2000, 4999}, sums);
  check_segments<matrix<float>>(random_tensor<float>(401, 37), {1, 391, 391}, sums);
  check_segments<matrix<std::int64_t>>(random_tensor<std::int32_t>(700, 1), {0, 1, 2, 300, 640},
                                       sums);
  check_segments<matrix<ds::bf16>>(
      random_tensor<ds::bf16>(40, 200), {0, 20, 40},
      [](auto const& x, auto const& at) { return ds::segment_max(ds::permute<1, 0>(x), at); });
  check_segments<matrix<float>>(
      random_tensor<float>(40, 33), {0, 8, 24, 40},
      [](auto const& x, auto const& at) { return ds::segment_mean(x * 2.f, at); });
}

#if !defined(__CUDACC__)
TEST_CASE("the emulator looks at offsets before it starts") {
  auto const x = random_tensor<float>(4, 2);
  matrix<float> y{dims<dyn, dyn>{2, 2}};
  ds::tensor<std::int32_t, dims<dyn>> offsets{dims<dyn>{3}};
  for (int i = 0; i < 3; ++i) offsets(i) = 3 - i;
  CHECK_THROWS_WITH_AS((y = ds::segment_sum(x, offsets)).run(ds::emulated{}),
                       "[DS-SEGMENT-OFFSETS] segment_sum: offset 2 at [1] of the offsets is not in "
                       "3 … 4. Fix: offsets that do not decrease, from 0 to the 4 slices of x.",
                       ds::shape_error);
}
#endif

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
