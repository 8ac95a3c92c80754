// SPDX-License-Identifier: Apache-2.0
/// @file Rows for top_k with what is in them, and its result by std::stable_sort.
#pragma once
#include <deepseek/base/dtype.hpp>
#include <deepseek/kernel/top_k.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace deepseek::test {

/// A row of n elements of one kind.
enum class filling { random, few_values, all_equal, ascending, descending, extremes, zeros };

template <class T> T number(double value) {
  if constexpr (std::is_same_v<T, bool>) return value > 0;
  else if constexpr (floating_element<T>) return static_cast<T>(value);
  else {
    using limits = std::numeric_limits<T>;
    double const wide = std::clamp(value * 20, static_cast<double>(limits::min()),
                                   static_cast<double>(limits::max()) * 0.999);
    return static_cast<T>(wide);
  }
}

template <class T> std::vector<T> row_of(filling kind, int n, unsigned seed) {
  std::mt19937 random{seed};
  std::normal_distribution<double> normal;
  std::vector<T> row(static_cast<std::size_t>(n));
  double const infinity = std::numeric_limits<double>::infinity();
  for (int i = 0; i < n; ++i) {
    double x = 0;
    switch (kind) {
      case filling::random: x = normal(random); break;
      case filling::few_values: x = static_cast<double>(random() % 5) - 2; break;
      case filling::all_equal: x = 3; break;
      case filling::ascending: x = (i - n / 2) / 16.0; break;
      case filling::descending: x = (n / 2 - i) / 16.0; break;
      case filling::zeros: x = i % 2 == 0 ? 0.0 : -0.0; break;
      case filling::extremes:
        x = normal(random);
        if (random() % 8 == 0) x = random() % 2 == 0 ? infinity : -infinity;
        if (floating_element<T> && random() % 8 == 0) x = random() % 2 == 0 ? NAN : -NAN;
        break;
    }
    row[static_cast<std::size_t>(i)] = number<T>(x);
  }
  return row;
}

/// a belongs before b, as torch.topk orders: NaN is above all numbers.
template <class T> bool precedes(T const& a, T const& b, kernel::extreme which) {
  auto const above = [](T const& x, T const& y) {
    if constexpr (floating_element<T>) {
      double const p = static_cast<double>(x);
      double const q = static_cast<double>(y);
      return std::isnan(p) ? !std::isnan(q) : p > q;
    } else {
      return x > y;
    }
  };
  return which == kernel::extreme::largest ? above(a, b) : above(b, a);
}

/// The indices of a row's first k.
template <class T>
std::vector<std::int64_t> first_k(T const* row, int n, int k, kernel::extreme which,
                                  kernel::top_order order) {
  std::vector<std::int64_t> index(static_cast<std::size_t>(n));
  std::iota(index.begin(), index.end(), std::int64_t{0});
  std::stable_sort(index.begin(), index.end(),
                   [&](std::int64_t i, std::int64_t j) { return precedes(row[i], row[j], which); });
  index.resize(static_cast<std::size_t>(k));
  if (order == kernel::top_order::by_index) std::sort(index.begin(), index.end());
  return index;
}

}  // namespace deepseek::test
