// SPDX-License-Identifier: Apache-2.0
/// @file A whole program with one fused softmax; what it costs to compile is a figure of the library.
#include <cstdio>

#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/tensor/tensor.hpp>

namespace ds = deepseek;

constexpr auto last = ds::axes<-1>;

int main() {
  ds::tensor<float, ds::dims<ds::dyn, 4>> x(2, 4), y(2, 4);
  ds::tensor<float, ds::dims<4>> bias;
  for (int row = 0; row < 2; ++row)
    for (int column = 0; column < 4; ++column) x(row, column) = static_cast<float>(row * column);
  for (int column = 0; column < 4; ++column) bias(column) = 0.5f;

  auto const score = x * 0.125f + bias;
  (y = ds::let(ds::exp(score - ds::max(score, last)), [](auto e) {
     return e / ds::sum(e, last);
   })).run(ds::host{});
  std::printf("%g\n", static_cast<double>(y(1, 3)));
}
