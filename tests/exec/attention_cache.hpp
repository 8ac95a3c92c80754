// SPDX-License-Identifier: Apache-2.0
/// @file attention over a cache by the kernels of the GPU, on the emulator, against the host.
#pragma once
#include <deepseek/attention/masks.hpp>
#include <deepseek/exec/emulated_attention.hpp>
#include <deepseek/exec/host_attention.hpp>
#include <deepseek/exec/host_cache.hpp>

#include "tests/attention/reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace deepseek::test {

namespace ds = deepseek;

inline constexpr int cache_width = 32;
template <class T> using heads = ds::tensor<T, dims<dyn, dyn, dyn, cache_width>>;
template <class T>
heads<T> heads_of(std::int64_t b, std::int64_t h, std::int64_t n, unsigned seed) {
  heads<T> x{typename heads<T>::dims_type{b, h, n, cache_width}};
  auto const values = normal_tensor<T>(b, h, n, cache_width, seed);
  std::copy(values.data(), values.data() + values.size(), x.data());
  return x;
}

template <class Y> double largest(Y const& y, Y const& want) {
  double worst = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    double const a = double(static_cast<float>(y.data()[i]));
    double const b = double(static_cast<float>(want.data()[i]));
    double const off = a == b ? 0 : std::abs(a - b);
    worst = off > worst || std::isnan(off) ? off : worst;
  }
  return worst;
}

/// The largest difference to the host of attention of q of T over a cache of C, whose three sequences have so
/// many keys.
template <class T, class C, class F>
double difference(std::int64_t h, std::int64_t g, std::int64_t n, std::int64_t page_size,
                  std::int64_t const (&lengths)[3], F const& f) {
  std::int64_t const most = std::max({lengths[0], lengths[1], lengths[2]});
  ds::kv_cache<C> cache{{.sequences = 3,
                         .kv_heads = g,
                         .width = cache_width,
                         .value_width = 24,
                         .capacity = most,
                         .page_size = page_size}};
  auto const step = std::max<std::int64_t>(most / 2, 1);  // pages of the sequences are mixed
  for (std::int64_t at = 0; at < most; at += step)
    for (int s : {2, 0, 1}) {
      std::int64_t const count = std::min(lengths[s] - at, step);
      if (count <= 0) continue;
      auto const seed = static_cast<unsigned>(10 * s + (at != 0));
      auto const k = normal_tensor<float>(1, g, count, cache_width, seed);
      auto const v = normal_tensor<float>(1, g, count, 24, seed + 5);
      cache.append_to(s, k, v).run(ds::host{});
    }
  auto const q = heads_of<T>(3, h, n, 3);
  ds::tensor<T, dims<dyn, dyn, dyn, dyn>> y{dims<dyn, dyn, dyn, dyn>{3, h, n, 24}}, want = y;
  std::memset(static_cast<void*>(y.data()), 0xff, std::size_t(y.size()) * sizeof(T));
  (want = ds::attention(q, cache.as_keys(), f)).run(ds::host{});
  (y = ds::attention(q, cache.as_keys(), f)).run(ds::emulated{});
  return largest(y, want);
}
}  // namespace deepseek::test
