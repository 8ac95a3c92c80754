// SPDX-License-Identifier: Apache-2.0
/// @file quantize by the kernels of the GPU, on the emulator: the bits of the host.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/blocks.hpp>
#include <deepseek/ops/quantize.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <random>

namespace {

namespace ds = deepseek;
using ds::dims;
using ds::dyn;

template <class Q, class T, class Blocks> void check(std::int64_t rows, std::int64_t n, Blocks of) {
  using X = ds::tensor<T, dims<dyn, dyn>>;
  X x{dims<dyn, dyn>{rows, n}};
  std::mt19937 random(9);
  std::normal_distribution<float> normal;
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(normal(random));
  for (std::int64_t i = 0; i < n; ++i) x(0, i) = static_cast<T>(0.f);
  ds::tensor<Q, dims<dyn, dyn>> q{x.extents()}, wanted{x.extents()};
  std::memset(static_cast<void*>(q.data()), 0x5a, static_cast<std::size_t>(q.size()));
  auto const blocked = of(x);
  using Scales = ds::tensor<float, ds::dynamic_dims<decltype(blocked)::rank>>;
  std::int64_t extent[ds::max_rank] = {};
  for (int axis = 0; axis < decltype(blocked)::rank; ++axis)
    extent[axis] = axis + 1 == decltype(blocked)::rank ? 1 : blocked.extents()[axis];
  auto const extents = ds::dynamic_dims<decltype(blocked)::rank>::from_array(extent);
  Scales scale{extents}, wanted_scale{extents};
  (ds::tie(of(wanted), wanted_scale) = ds::quantize<Q>(blocked)).run(ds::host{});
  (ds::tie(of(q), scale) = ds::quantize<Q>(blocked)).run(ds::emulated{});
  CHECK(std::memcmp(q.data(), wanted.data(), static_cast<std::size_t>(q.size())) == 0);
  CHECK(std::memcmp(scale.data(), wanted_scale.data(),
                    static_cast<std::size_t>(scale.size()) * sizeof(float)) == 0);
}

}  // namespace

TEST_CASE("rows of every way to hold them, and blocks of 128") {
  auto const rows = [](auto& t) { return t.as_view(); };
  check<std::int8_t, float>(5, 31, rows);
  check<ds::fp8_e4m3, ds::bf16>(3, 1024, rows);
  check<ds::fp8_e5m2, float>(2, 5000, rows);
  check<ds::fp8_e4m3, float>(2, 512, [](auto& t) { return ds::blocks<128>(t); });
}
