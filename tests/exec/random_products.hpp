// SPDX-License-Identifier: Apache-2.0
/// @file Operands of products on the emulator, and their products in double.
#pragma once
#include <cmath>
#include <cstdint>
#include <random>
#include <type_traits>

#include <deepseek/tensor/tensor.hpp>

namespace deepseek::test {

template <class T> using matrix = tensor<T, dims<dyn, dyn>>;

/// From -1 to 1, integers from -90 to 90.
template <class X> void fill_random(X& x, unsigned seed) {
  using T = typename X::value_type;
  std::mt19937 engine{seed};
  std::uniform_real_distribution<double> any{-1, 1};
  for (std::int64_t i = 0; i < x.size(); ++i)
    if constexpr (std::is_integral_v<T>)
      x.data()[i] = static_cast<T>(std::lround(any(engine) * 90));
    else x.data()[i] = T(static_cast<float>(any(engine)));
}

/// y(i, j) beside the sum of a(i, d) b(d, j) in double: the worst error, in units of the sum of sizes.
template <class Y, class A, class B>
double worst(Y const& y, A const& a, B const& b, int m, int n, int k) {
  double most = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double exact = 0;
      double sizes = 1e-30;
      for (int d = 0; d < k; ++d) {
        double const p = static_cast<double>(a(i, d)) * static_cast<double>(b(d, j));
        exact += p;
        sizes += std::fabs(p);
      }
      double const error = std::fabs(static_cast<double>(y(i, j)) - exact) / sizes;
      most = error <= most ? most : error;
    }
  return most;
}

/// Element number i, in double.
template <class X> double at(X const& x, std::int64_t i) {
  return static_cast<double>(x.data()[i]);
}

/// a b in double.
template <class A, class B> double product(A const& a, B const& b, int i, int j) {
  double sum = 0;
  auto const k = a.extent(1);
  for (std::int64_t d = 0; d < k; ++d) sum += at(a, i * k + d) * at(b, d * b.extent(1) + j);
  return sum;
}

}  // namespace deepseek::test
