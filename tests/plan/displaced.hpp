// SPDX-License-Identifier: Apache-2.0
/// @file What the tests of displaced reductions share: numbers, a softmax and a running sum as a user
/// writes them, and the same in double.
#pragma once
#include <cmath>
#include <cstdint>
#include <vector>

#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/sum.hpp>
#include <doctest/doctest.h>

namespace deepseek::test::displaced {

using matrix = tensor<float, dims<dyn, dyn>>;

/// Numbers without a pattern, from -2 to 2.
inline matrix numbers(std::int64_t rows, std::int64_t columns) {
  matrix x{rows, columns};
  std::uint32_t state = 12345;
  for (std::int64_t i = 0; i < x.size(); ++i) {
    state = state * 1664525u + 1013904223u;
    x.data()[i] = static_cast<float>(state >> 8) * 0x1p-22f - 2.f;
  }
  return x;
}

inline constexpr auto soft = [](auto const& x, auto axis) {
  return let(x, [axis](auto v) {
    return let(exp(v - max(v, axis)), [axis](auto e) { return e / sum(e, axis); });
  });
};
inline constexpr auto running = [](auto const& x, auto axis) {
  return expr::scan<rules::sum>(x, axis);
};

/// The same in double: softmax along the rows of a matrix.
inline std::vector<double> soft_rows(matrix const& x) {
  std::vector<double> y(static_cast<std::size_t>(x.size()));
  std::int64_t const columns = x.extent(1);
  for (std::int64_t i = 0; i < x.extent(0); ++i) {
    double total = 0;
    for (std::int64_t j = 0; j < columns; ++j) total += std::exp(double(x(i, j)));
    for (std::int64_t j = 0; j < columns; ++j)
      y[static_cast<std::size_t>(i * columns + j)] = std::exp(double(x(i, j))) / total;
  }
  return y;
}
/// Running sums along the rows.
inline std::vector<double> running_rows(matrix const& x) {
  std::vector<double> y;
  for (std::int64_t i = 0; i < x.extent(0); ++i) {
    double total = 0;
    for (std::int64_t j = 0; j < x.extent(1); ++j) y.push_back(total += x(i, j));
  }
  return y;
}

/// e[i, j] is wanted(i, j).
template <class E, class F> void check(E const& e, F const& wanted) {
  auto const y = eval(e);
  double worst = 0;
  for (std::int64_t i = 0; i < y.extent(0); ++i)
    for (std::int64_t j = 0; j < y.extent(1); ++j)
      worst = std::fmax(worst, std::fabs(double(y(i, j)) - wanted(i, j)));
  CHECK(worst < 1e-5);
}

struct extents {
  std::int64_t rows, columns;
};
inline constexpr extents shapes[] = {{1, 1}, {3, 5}, {7, 16}, {16, 7}, {5, 70}, {70, 5}};

}  // namespace deepseek::test::displaced
