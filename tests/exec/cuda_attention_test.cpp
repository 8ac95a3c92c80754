// SPDX-License-Identifier: Apache-2.0
/// @file attention on a GPU, where there is none as the error that says so, and on the emulator where nvcc
/// does not compile this: against the host.
#include <deepseek/attention/biases.hpp>
#include <deepseek/exec/host_attention.hpp>

#if defined(__CUDACC__)
#include <deepseek/exec/cuda_attention.cuh>
#else
#include <deepseek/exec/emulated_attention.hpp>
using other_executor = deepseek::emulated;
#endif
#include "by_another.hpp"

#include <algorithm>
#include <cmath>

using namespace deepseek::test;

namespace {
template <class T> using heads = ds::tensor<T, ds::dims<ds::dyn, ds::dyn, ds::dyn, 64>>;

template <class T> heads<T> random_heads(std::int64_t h, std::int64_t n, unsigned seed) {
  heads<T> x{typename heads<T>::dims_type{1, h, n, 64}};
  std::mt19937 random{seed};
  std::normal_distribution<float> value;
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(value(random));
  return x;
}

/// The largest difference of causal attention by the other executor and by the host.
template <class T>
double difference(std::int64_t h, std::int64_t g, std::int64_t n, std::int64_t m) {
  auto const q = random_heads<T>(h, n, 1);
  auto const k = random_heads<T>(g, m, 2);
  auto const v = random_heads<T>(g, m, 3);
  heads<T> y{q.extents()}, want{q.extents()};
  (want = ds::attention(q, k, v, ds::score::causal)).run(ds::host{});
  double worst = 0;
  on_device([&] {
#if defined(__CUDACC__)
    ds::device_pool pool;
    auto const q_there = ds::to_device(q, pool);
    auto const k_there = ds::to_device(k, pool);
    auto const v_there = ds::to_device(v, pool);
    auto y_there = ds::to_device(y, pool);
    (y_there = ds::attention(q_there, k_there, v_there, ds::score::causal)).run(ds::cuda{});
    y = ds::to_host(y_there, pool);
#else
    (y = ds::attention(q, k, v, ds::score::causal)).run(other_executor{});
#endif
    for (std::int64_t i = 0; i < y.size(); ++i) {
      double const off = std::abs(double(float(y.data()[i])) - double(float(want.data()[i])));
      worst = off > worst || std::isnan(off) ? off : worst;
    }
  });
  return worst;
}
}  // namespace

TEST_CASE("a prompt and a step of decoding in bf16; f32") {
  CHECK(difference<ds::bf16>(4, 2, 100, 130) < 0x1p-6);
  CHECK(difference<ds::bf16>(8, 2, 1, 700) < 0x1p-8);
  CHECK(difference<float>(2, 1, 40, 70) < 4e-6);
}
