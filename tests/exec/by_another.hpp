// SPDX-License-Identifier: Apache-2.0
/// @file Calls by another executor, against the host: a GPU where nvcc compiles, else `other_executor` of the
/// file that includes this.
#pragma once
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>

#if defined(__CUDACC__)
#include <deepseek/exec/cuda.cuh>
#endif

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>

namespace deepseek::test {

namespace ds = deepseek;

template <class T>
ds::tensor<T, dims<dyn, dyn>> random_tensor(std::int64_t rows, std::int64_t columns) {
  ds::tensor<T, dims<dyn, dyn>> x{dims<dyn, dyn>{rows, columns}};
  std::mt19937 random(5);
  for (std::int64_t i = 0; i < x.size(); ++i)
    x.data()[i] = static_cast<T>(static_cast<float>(random() % 1000) / 8 - 50);
  return x;
}

template <class A, class B> bool same(A const& a, B const& b) {
  return std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(*a.data())) ==
         0;
}

/// f(); where there is no GPU, the error says so.
template <class F> void on_device(F const& f) {
  try {
    f();
  } catch (ds::device_error const& e) {
    MESSAGE("skipped: " << std::string(e.what()));
    CHECK(std::string(e.what()).find("[DS-DEVICE-NONE]") != std::string::npos);
  }
}

/// tie(a, b) = make(x) by the other executor is what the host gives.
template <class A, class B, class X, class Make> void check_two(X const& x, Make const& make) {
  auto const [first, second] = make(x);
  A a{first.extents()}, wanted_a{first.extents()};
  B b{second.extents()}, wanted_b{second.extents()};
  (ds::tie(wanted_a, wanted_b) = make(x)).run(ds::host{});
  on_device([&] {
#if defined(__CUDACC__)
    ds::device_pool pool;
    auto const there = ds::to_device(x, pool);
    auto a_there = ds::to_device(a, pool);
    auto b_there = ds::to_device(b, pool);
    (ds::tie(a_there, b_there) = make(there)).run(ds::cuda{});
    a = ds::to_host(a_there, pool);
    b = ds::to_host(b_there, pool);
#else
    (ds::tie(a, b) = make(x)).run(other_executor{});
#endif
    CHECK(same(a, wanted_a));
    CHECK(same(b, wanted_b));
  });
}
template <class Y, class X, class Make> void check_one(X const& x, Make const& make) {
  Y y{make(x).extents()}, wanted{make(x).extents()};
  (wanted = make(x)).run(ds::host{});
  on_device([&] {
#if defined(__CUDACC__)
    ds::device_pool pool;
    auto const there = ds::to_device(x, pool);
    auto y_there = ds::to_device(y, pool);
    (y_there = make(there)).run(ds::cuda{});
    y = ds::to_host(y_there, pool);
#else
    (y = make(x)).run(other_executor{});
#endif
    CHECK(same(y, wanted));
  });
}

using places = ds::tensor<std::int64_t, dims<dyn, dyn>>;
using counts = ds::tensor<std::int64_t, dims<dyn>>;
template <class T> using matrix = ds::tensor<T, dims<dyn, dyn>>;

}  // namespace deepseek::test
