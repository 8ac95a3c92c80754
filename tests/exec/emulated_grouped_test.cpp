// SPDX-License-Identifier: Apache-2.0
/// @file grouped_matmul on the emulator: groups of all sizes, by mma and without, with an epilogue, beside
/// sums in double; offsets.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/permute.hpp>

#include "grouped_products.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

TEST_CASE("bf16 by mma: empty groups, groups of a row, of more than a tile; rows of odd lengths") {
  for (int const n : {72, 37}) {
    grouped<bf16> const of({0, 1, 65, 0, 3, 130, 64, 0}, 40, n);
    matrix<float> y(of.t, of.n);
    fill_random(y, 5);
    (y = ds::grouped_matmul(of.x, of.w, of.offsets)).run(ds::emulated{2});
    CHECK(of.worst(y, [](double sum, auto, auto) { return sum; }) <= 1e-5);
  }
}

TEST_CASE("silu of it and a bias of each group, as one kernel; w with its matrices turned") {
  grouped<bf16> const of({3, 0, 20}, 24, 32);
  matrix<float> bias(3, of.n);
  matrix<bf16> y(of.t, of.n);
  fill_random(bias, 3), fill_random(y, 5);
  ds::tensor<bf16, dims<dyn, dyn, dyn>> turned(3, of.n, of.k);
  for (int g = 0; g < 3; ++g)
    for (int d = 0; d < of.k; ++d)
      for (int j = 0; j < of.n; ++j) turned(g, j, d) = of.w(g, d, j);
  auto const e = ds::silu(ds::grouped_matmul(of.x, ds::transpose(turned), of.offsets) +
                          ds::take(bias, ds::axes<0>, of.group_of));
  (y = e).run(ds::emulated{1});
  CHECK(of.worst(y, [&](double sum, auto i, auto j) {
    double const x = sum + at(bias, of.group_of(i) * of.n + j);
    return x / (1 + std::exp(-x));
  }) <= 1. / 256);
}

TEST_CASE("f32 and integers of 8 bits; more groups than a warp has lanes; offsets of 64 bits") {
  grouped<float, std::int64_t> const of(
      {1, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0,
       0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 70, 0, 0, 1, 0, 0, 0, 3},
      9, 65);
  matrix<float> y(of.t, of.n);
  fill_random(y, 5);
  (y = ds::grouped_matmul(of.x, of.w, of.offsets)).run(ds::emulated{2});
  CHECK(of.worst(y, [](double sum, auto, auto) { return sum; }) <= 1e-6);
  grouped<std::int8_t> const bytes({5, 0, 9}, 48, 16);
  matrix<std::int32_t> z(bytes.t, bytes.n);
  (z = ds::grouped_matmul(bytes.x, bytes.w, bytes.offsets)).run(ds::emulated{1});
  CHECK(bytes.worst(z, [](double sum, auto, auto) { return sum; }) == 0);
}

TEST_CASE("wrong offsets are said before anything runs; no rows are nothing, k = 0 is zero") {
  grouped<bf16> of({4, 5}, 8, 8);
  matrix<float> y(9, 8);
  of.offsets(2) = 8;
  CHECK_THROWS_WITH_AS((y = ds::grouped_matmul(of.x, of.w, of.offsets)).run(ds::emulated{1}),
                       doctest::Contains("[DS-GROUPED-OFFSETS]"), ds::shape_error);
  grouped<bf16> const nothing({0, 0}, 8, 8), empty({2, 1}, 0, 8);
  matrix<float> none(0, 8), zeros(3, 8);
  (none = ds::grouped_matmul(nothing.x, nothing.w, nothing.offsets)).run(ds::emulated{1});
  fill_random(zeros, 6);
  (zeros = ds::grouped_matmul(empty.x, empty.w, empty.offsets)).run(ds::emulated{1});
  for (int i = 0; i < 24; ++i) CHECK(zeros.data()[i] == 0.f);
}
