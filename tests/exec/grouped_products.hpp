// SPDX-License-Identifier: Apache-2.0
/// @file Products of groups of rows, in double.
#pragma once
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include <deepseek/ops/grouped_matmul.hpp>
#include <deepseek/tensor/tensor.hpp>

#include "random_products.hpp"

namespace deepseek::test {

/// grouped: operands of rows in groups of the given sizes.
template <class T, class Offset = std::int32_t> struct grouped {
  std::int64_t t = 0;
  std::int64_t k, n;
  matrix<T> x;
  tensor<T, dims<dyn, dyn, dyn>> w;
  tensor<Offset, dims<dyn>> offsets;
  tensor<std::int64_t, dims<dyn>> group_of;  ///< each row

  grouped(std::initializer_list<int> sizes, int inner, int columns) : k{inner}, n{columns} {
    for (int const size : sizes) t += size;
    auto const groups = static_cast<std::int64_t>(sizes.size());
    x = matrix<T>(t, k);
    w = tensor<T, dims<dyn, dyn, dyn>>(groups, k, n);
    offsets = tensor<Offset, dims<dyn>>(groups + 1);
    group_of = tensor<std::int64_t, dims<dyn>>(t);
    fill_random(x, 1), fill_random(w, 2);
    std::int64_t row = 0;
    std::int64_t g = 0;
    for (int const size : sizes) {
      offsets(g) = static_cast<Offset>(row);
      for (int i = 0; i < size; ++i) group_of(row++) = g;
      offsets(++g) = static_cast<Offset>(row);
    }
  }
  /// Row i, column j, and the sum of the sizes of what is summed up.
  [[nodiscard]] double exact(std::int64_t i, std::int64_t j, double& sizes) const {
    double sum = 0;
    sizes = 1e-30;
    for (std::int64_t d = 0; d < k; ++d) {
      double const p = at(x, i * k + d) * at(w, (group_of(i) * k + d) * n + j);
      sum += p;
      sizes += std::fabs(p);
    }
    return sum;
  }
  /// worst(y, above): the worst error of y beside above(sum, i, j), in units of sizes and of the value.
  template <class Y, class Above> [[nodiscard]] double worst(Y const& y, Above const& above) const {
    double most = 0;
    for (std::int64_t i = 0; i < t; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        double sizes = 0;
        double const value = above(exact(i, j, sizes), i, j);
        double const error =
            std::fabs(static_cast<double>(y(i, j)) - value) / (sizes + std::fabs(value));
        most = error <= most ? most : error;
      }
    return most;
  }
};

}  // namespace deepseek::test
