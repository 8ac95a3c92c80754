// SPDX-License-Identifier: Apache-2.0
/// @file The library on one page: tensors, a fused kernel and its plan, reductions, a file for NumPy.
#include <deepseek/deepseek.hpp>
#include <deepseek/plan/explain.hpp>
#include <deepseek/tensor/npy.hpp>

#include <cmath>
#include <cstdio>

namespace ds = deepseek;

int main() {
  // region: tensor
  ds::tensor<float, ds::dims<2, 3>> x = {1, 2, 3, 4, 5, 6};  // extents known to the compiler …
  ds::tensor<float, ds::dims<ds::dyn, 3>> y{2};              // … or only when running
  ds::tensor<float, ds::dims<3>> bias = {0.5f, 0, -0.5f};    // broadcasts, as in NumPy
  // endregion: tensor

  // An expression is a value. Nothing has run yet; all of this will be one kernel.
  auto const weights = ds::softmax(x * 2.f + bias, ds::last);
  static_assert(ds::kernel_count<decltype(weights)> == 1);
  (y = weights).run(ds::host{});

  // region: explain
  std::puts(ds::explain(weights).c_str());
  // endregion: explain

  // A reduction keeps its axis, so that it broadcasts against what it came from.
  auto const centred = ds::eval(x - ds::mean(x, ds::last));  // [2, 3], again one kernel
  auto const total = ds::eval(ds::sum(y, ds::last));         // [2, 1]

  // NumPy reads what is written here: np.load("quickstart.npy").
  ds::write_npy("quickstart.npy", y);
  auto const again = ds::read_npy<float, ds::dims<ds::dyn, 3>>("quickstart.npy");

  bool right = true;
  auto const check = [&](char const* what, double value, double expected) {
    bool const close = std::fabs(value - expected) < 1e-6;
    std::printf("%-28s %9.6f  %s\n", what, value, close ? "right" : "WRONG");
    right = right && close;
  };
  double const a = std::exp(2.5), b = std::exp(4.0), c = std::exp(5.5);
  check("softmax, first element", y(0, 0), a / (a + b + c));
  check("a row of softmax adds up to", total(1, 0), 1);
  check("last element less its mean", centred(1, 2), 1);
  check("read back from the file", again(0, 0), y(0, 0));
  return right ? 0 : 1;
}
