// SPDX-License-Identifier: Apache-2.0
/// @file grouped_matmul on the host: groups of all sizes, with what stands above and under it; offsets.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/grouped_matmul.hpp>
#include <deepseek/ops/softmax.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "tests/exec/grouped_products.hpp"

namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("y[i, j] = sum over k of x[i, k] w[g, k, j]: empty groups, groups of one, of many rows") {
  grouped<float, std::int64_t> const of({0, 1, 700, 0, 3, 33, 0}, 67, 45);
  for (int threads : {1, 3}) {
    matrix<float> y(of.t, of.n);
    fill_random(y, 5);
    (y = ds::grouped_matmul(of.x, of.w, of.offsets)).run(ds::host{threads});
    CHECK(of.worst(y, [](double sum, auto, auto) { return sum; }) <= 1e-6);
  }
  grouped<bf16> const half({17, 0, 5}, 130, 33);
  matrix<float> y(half.t, half.n);
  (y = ds::grouped_matmul(half.x, half.w, half.offsets)).run(ds::host{2});
  CHECK(half.worst(y, [](double sum, auto, auto) { return sum; }) <= 1e-5);
}

TEST_CASE("the same bits for any number of threads") {
  grouped<float> const of({5, 130, 0, 61}, 400, 70);
  auto const run = [&](int threads) {
    matrix<float> y(of.t, of.n);
    (y = ds::grouped_matmul(of.x, of.w, of.offsets)).run(ds::host{threads});
    return y;
  };
  auto const one = run(1);
  for (int const threads : {2, 5}) {
    auto const y = run(threads);
    int differ = 0;
    for (std::int64_t i = 0; i < y.size(); ++i) differ += y.data()[i] != one.data()[i];
    CHECK(differ == 0);
  }
}

TEST_CASE(
    "one kernel with a bias of each group, an activation and a gate; operands that are no "
    "tensors") {
  grouped<float> const of({7, 0, 40, 2}, 20, 24);
  matrix<float> bias(4, of.n), gate(of.t, of.n), y(of.t, of.n);
  fill_random(bias, 3), fill_random(gate, 4), fill_random(y, 5);
  auto const e = ds::silu(ds::grouped_matmul(of.x, of.w, of.offsets) +
                          ds::take(bias, ds::axes<0>, of.group_of)) *
                 gate;
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(e)>> == 1);
  (y = e).run(ds::host{2});
  auto const silu = [&](double sum, auto i, auto j) {
    double const x = sum + at(bias, of.group_of(i) * of.n + j);
    return x / (1 + std::exp(-x)) * at(gate, i * of.n + j);
  };
  CHECK(of.worst(y, silu) <= 1e-6);
  auto const under = ds::grouped_matmul(of.x * 2.f, -of.w, of.offsets + 0) * -0.5f;
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(under)>> == 2);  // offsets before
  (y = under).run(ds::host{2});
  CHECK(of.worst(y, [](double sum, auto, auto) { return sum; }) <= 1e-6);
  // Rows that are a sum in the end: pieces have all columns.
  matrix<float> shares(of.t, of.n);
  (shares = ds::softmax(ds::grouped_matmul(of.x, of.w, of.offsets))).run(ds::host{1});
  double worst = 0;
  for (std::int64_t i = 0; i < of.t; ++i) {
    double all = 0, sizes = 0;
    for (std::int64_t j = 0; j < of.n; ++j) all += std::exp(of.exact(i, j, sizes));
    for (std::int64_t j = 0; j < of.n; ++j)
      worst = std::max(worst, std::fabs(shares(i, j) - std::exp(of.exact(i, j, sizes)) / all));
  }
  CHECK(worst <= 1e-6);
}

TEST_CASE("in the memory of x; no rows; k = 0") {
  grouped<float> of({4, 5}, 6, 6);
  auto const before = of;
  (of.x = ds::grouped_matmul(of.x, of.w, of.offsets)).run(ds::host{2});
  CHECK(before.worst(of.x, [](double sum, auto, auto) { return sum; }) <= 1e-6);
  grouped<float> const nothing({0, 0}, 3, 4);
  CHECK(ds::eval(ds::grouped_matmul(nothing.x, nothing.w, nothing.offsets)).size() == 0);
  grouped<float> const empty({2, 1}, 0, 4);
  auto const zeros = ds::eval(ds::grouped_matmul(empty.x, empty.w, empty.offsets));
  for (int i = 0; i < 12; ++i) CHECK(zeros.data()[i] == 0.f);
}

TEST_CASE("extents that do not fit, offsets that go back, or do not begin at 0 or end at t") {
  grouped<float> of({4, 5}, 6, 6);
  auto const said = [](auto const& f) {
    try {
      f();
    } catch (ds::shape_error const& error) {
      return std::string{error.what()};
    }
    return std::string{};
  };
  matrix<float> const narrow(9, 5);
  CHECK(said([&] {
          (void)ds::grouped_matmul(narrow, of.w, of.offsets);
        }).find("x is [9, 5], w is [2, 6, 6] and offsets are [3]") != std::string::npos);
  auto const with = [&](int first, int middle, int last) {
    of.offsets(0) = first, of.offsets(1) = middle, of.offsets(2) = last;
    matrix<float> y(9, 6);
    for (int i = 0; i < 54; ++i) y.data()[i] = 7;
    auto const text =
        said([&] { (y = ds::grouped_matmul(of.x, of.w, of.offsets)).run(ds::host{1}); });
    for (int i = 0; i < 54; ++i) CHECK((text.empty() || y.data()[i] == 7));
    return text;
  };
  CHECK(with(0, 4, 9).empty());
  CHECK(with(1, 4, 9).find("offset 1 at [0] of the offsets is not in 0 … 0") != std::string::npos);
  CHECK(with(0, 10, 9).find("offset 10 at [1] of the offsets is not in 0 … 9") !=
        std::string::npos);
  CHECK(with(0, 4, 8).find("offset 8 at [2] of the offsets is not in 9 … 9") != std::string::npos);
}
