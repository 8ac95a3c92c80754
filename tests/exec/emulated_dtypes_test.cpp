// SPDX-License-Identifier: Apache-2.0
/// @file The executor that runs GPU kernels on this machine: every dtype, read, reduced and written.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/exec/host.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>

#include "engine_verbs.hpp"
#include "exact_tensors.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::emulated;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

/// Extents known when compiling: one kernel for each expression.
template <class T, int Columns> void check_dtype() {
  using C = ds::compute_t<T>;
  ds::tensor<T, dims<5, Columns>> x, y;
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(i * 5 % 11 % 4);
  overwrite(y);
  (y = x * x + x).run(emulated{2});
  for (std::int64_t i = 0; i < x.size(); ++i) {
    std::int64_t const v = i * 5 % 11 % 4;
    REQUIRE(static_cast<C>(y.data()[i]) == static_cast<C>(static_cast<T>(v * (v + 1))));
  }
  ds::tensor<T, dims<5, 1>> most;
  overwrite(most);
  (most = library::max(x, last)).run(emulated{2});
  for (int r = 0; r < 5; ++r) REQUIRE(static_cast<C>(most(r, 0)) == C(3));
  ds::tensor<T, dims<1, Columns>> least;
  overwrite(least);
  (least = library::min(x, axes<0>)).run(emulated{2});
  for (std::int64_t c = 0; c < Columns; ++c) {
    C expected = static_cast<C>(x(0, c));
    for (int r = 1; r < 5; ++r)
      expected = static_cast<C>(x(r, c)) < expected ? static_cast<C>(x(r, c)) : expected;
    REQUIRE(static_cast<C>(least(0, c)) == expected);
  }
}

TEST_CASE_TEMPLATE("every dtype: computed wide, stored rounded", T, double, float, ds::f16,
                   ds::bf16, ds::fp8_e4m3, ds::fp8_e5m2, std::int8_t, std::int16_t, std::int32_t,
                   std::int64_t, std::uint8_t) {
  check_dtype<T, 35>();
  check_dtype<T, 48>();
}

TEST_CASE("bool: compared, reduced, written") {
  matrix x(4, 37), y(4, 37);
  fill(x);
  fill(y);
  y(2, 1) += 100.f;
  ds::tensor<bool, dims<dyn, dyn>> below(4, 37), any(4, 1);
  overwrite(below);
  (below = library::less(x, y)).run(emulated{2});
  for (int r = 0; r < 4; ++r)
    for (int c = 0; c < 37; ++c) CHECK(below(r, c) == (r == 2 && c == 1));
  (any = library::any(below, last)).run(emulated{2});
  for (int r = 0; r < 4; ++r) CHECK(any(r, 0) == (r == 2));
}

template <class T, int Columns> void check_rounding() {
  ds::tensor<float, dims<9, Columns>> x;
  fill(x);
  ds::tensor<T, dims<9, Columns>> y, z;
  overwrite(y);
  (y = x * 0.37f + 1.001f).run(emulated{2});
  (z = x * 0.37f + 1.001f).run(ds::host{1});
  CHECK(same_bits(y, z));
}

TEST_CASE_TEMPLATE("narrow results of float operands are rounded as the host does", T, ds::f16,
                   ds::bf16) {
  check_rounding<T, 7>();
  check_rounding<T, 1000>();
}

}  // namespace
