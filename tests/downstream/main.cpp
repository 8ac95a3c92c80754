// SPDX-License-Identifier: Apache-2.0
/// @file A user's program, built once for each way of using the library: a softmax in one kernel,
/// against a plain loop.
#include <deepseek/deepseek.hpp>

#include <cmath>
#include <cstdio>

namespace ds = deepseek;

namespace {

constexpr int rows = 5, columns = 37;

/// softmax of one row: a loop in double, no line of the library's.
void softmax_row(float const* x, double* y) {
  double largest = -INFINITY, total = 0;
  for (int j = 0; j < columns; ++j) largest = std::fmax(largest, double(x[j]));
  for (int j = 0; j < columns; ++j) total += y[j] = std::exp(double(x[j]) - largest);
  for (int j = 0; j < columns; ++j) y[j] /= total;
}

}  // namespace

int main() {
  ds::tensor<float, ds::dims<ds::dyn, columns>> x(rows), y(rows);
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) {
      x(i, j) = float(std::sin(3.0 * i + 0.7 * j) * 8);
      y(i, j) = NAN;
    }

  auto const shares =
      ds::let(ds::exp(x - ds::max(x, ds::last)), [](auto e) { return e / ds::sum(e, ds::last); });
  static_assert(ds::kernel_count<decltype(shares)> == 1);
  (y = shares).run(ds::host{});

  int wrong = 0;
  for (int i = 0; i < rows; ++i) {
    double expected[columns];
    softmax_row(&x(i, 0), expected);
    for (int j = 0; j < columns; ++j) wrong += !(std::abs(y(i, j) - expected[j]) < 1e-6);
  }
  std::printf("deepseek %d: softmax of %d rows, %d elements wrong\n", DEEPSEEK_VERSION, rows,
              wrong);
  return wrong == 0 ? 0 : 1;
}
