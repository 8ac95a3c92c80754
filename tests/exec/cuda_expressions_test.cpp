// SPDX-License-Identifier: Apache-2.0
/// @file Expressions as kernels, against the host: compiled by nvcc on a GPU, where there is none as the
/// error that says so; by other compilers on the emulator.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arg_extremum.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/layer_norm.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/ops/sum.hpp>

#if defined(__CUDACC__)
#include <deepseek/exec/cuda.cuh>
#else
#include <deepseek/exec/emulated.hpp>
#endif

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace {

namespace ds = deepseek;
constexpr auto last = ds::axes<-1>;

template <class T, class Dims>
ds::tensor<T, Dims> random_tensor(Dims const& extents, unsigned seed) {
  ds::tensor<T, Dims> x{extents};
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> number(-4.f, 4.f);
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(number(random));
  return x;
}

/// y = make(x) by the other executor.
template <class Y, class X, class Make> void run_elsewhere(Y& y, X const& x, Make const& make) {
#if defined(__CUDACC__)
  ds::device_pool pool;
  X const there = ds::to_device(x, pool);
  Y result = ds::to_device(y, pool);
  (result = make(there)).run(ds::cuda{});
  y = ds::to_host(result, pool);
#else
  (y = make(x)).run(ds::emulated{});
#endif
}

/// The other executor's results are the host's, but for rounding in another order.
template <class V, class X, class Make> void check(X const& x, Make const& make, double tolerance) {
  using Y = ds::tensor<V, typename decltype(make(x))::dims_type>;
  Y wanted{make(x).extents()}, y{make(x).extents()};
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = static_cast<V>(77);
  (wanted = make(x)).run(ds::host{});
  try {
    run_elsewhere(y, x, make);
  } catch (ds::device_error const& e) {
    MESSAGE("skipped: " << std::string(e.what()));
    CHECK(std::string(e.what()).find("[DS-DEVICE-NONE]") != std::string::npos);
    return;
  }
  double worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    double const difference =
        std::fabs(static_cast<double>(y.data()[i]) - static_cast<double>(wanted.data()[i]));
    if (!(difference <= worst)) worst = difference;
  }
  CHECK(worst <= tolerance);
}

}  // namespace

TEST_CASE("elementwise, of a size that is no multiple of an access") {
  auto const x = random_tensor<float>(ds::dims<ds::dyn>(10007), 1);
  check<float>(
      x, [](auto const& v) { return ds::gelu(v * 0.5f + 1.f); }, 1e-6);
}
TEST_CASE("softmax over rows of a size known when compiling") {
  auto const x = random_tensor<float>(ds::dims<ds::dyn, 512>(37), 2);
  check<float>(
      x, [](auto const& v) { return ds::softmax(v * 0.125f); }, 1e-7);
}
TEST_CASE("layer_norm in bf16 over rows that 256 threads hold") {
  auto const x = random_tensor<ds::bf16>(ds::dims<ds::dyn, 2048>(5), 3);
  check<ds::bf16>(
      x, [](auto const& v) { return ds::layer_norm(v); }, 0.04);
}
TEST_CASE("argmax over rows that are read in each pass") {
  auto const x = random_tensor<float>(ds::dims<ds::dyn, 40000>(3), 4);
  check<std::int64_t>(
      x, [](auto const& v) { return ds::argmax(v, last); }, 0);
}
TEST_CASE("columns less their mean") {
  auto const x = random_tensor<float>(ds::dims<ds::dyn, 70>(333), 5);
  check<float>(
      x, [](auto const& v) { return v - ds::mean(v, ds::axes<0>); }, 1e-5);
}
