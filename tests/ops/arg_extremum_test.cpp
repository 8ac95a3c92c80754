// SPDX-License-Identifier: Apache-2.0
/// @file Laws of argmax and argmin.
#include <deepseek/ops/arg_extremum.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/sum.hpp>

#include <algorithm>
#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

TEST_CASE("argmax: golden") {
  CHECK(run_reductions("argmax", [](auto const&, auto const& x, auto along) {
          return ds::argmax(x, along);
        }) == 37);
}
TEST_CASE("argmin: golden") {
  CHECK(run_reductions("argmin", [](auto const&, auto const& x, auto along) {
          return ds::argmin(x, along);
        }) == 37);
}

TEST_CASE("argmax: the first of equals however the work is cut") {
  for_shared_shapes([](auto x) {
    std::int64_t const m = x.extent(0), n = x.extent(1);
    for (std::int64_t i = 0; i < m * n; ++i) x.data()[i] = 1;
    for (std::int64_t const place : {m * n / 3, m * n / 2, m * n - 1}) x.data()[place] = 2;
    CHECK(evaluated(ds::argmax(x))(0, 0) == m * n / 3);
    auto const rows = evaluated(ds::argmax(x, last));
    CHECK(rows(m * n / 3 / n, 0) == m * n / 3 % n);
    auto const columns = evaluated(ds::argmin(x, axes<0>));
    for (std::int64_t j = 0; j < n; j += 101) {
      std::int64_t least = 0;
      for (std::int64_t i = 1; i < m; ++i)
        if (x(i, j) < x(least, j)) least = i;
      CHECK(columns(0, j) == least);
    }
  });
}
TEST_CASE("argmax, argmin: the first NaN wins from wherever it stands") {
  float const nan = std::numeric_limits<float>::quiet_NaN();
  tensor<float, dims<67>> x;
  for (int place = 0; place < 67; ++place) {
    for (int i = 0; i < 67; ++i) x(i) = i % 2 == 0 ? INFINITY : -INFINITY;
    x(place) = nan;
    x(66) = nan;
    CAPTURE(place);
    CHECK(ds::eval(ds::argmax(x))(0) == place);
    CHECK(ds::eval(ds::argmin(x))(0) == place);
  }
}
TEST_CASE("argmax, argmin: rows of one value have their first element") {
  tensor<float, dims<3, 37>> x;
  for (int j = 0; j < 37; ++j)
    x(0, j) = -INFINITY, x(1, j) = INFINITY, x(2, j) = j % 2 ? 0.f : -0.f;
  auto const most = ds::eval(ds::argmax(x, last));
  auto const least = ds::eval(ds::argmin(x, last));
  for (int i = 0; i < 3; ++i) CHECK((most(i, 0) == 0 && least(i, 0) == 0));
  CHECK(ds::eval(ds::argmax(x, axes<0>))(0, 5) == 1);
}
TEST_CASE_TEMPLATE("argmax: every dtype", T, double, ds::bf16, ds::fp8_e5m2, std::int8_t,
                   std::uint8_t, std::int64_t) {
  tensor<T, dims<dyn>> x(21);
  for (int i = 0; i < 21; ++i) x(i) = static_cast<T>(static_cast<float>(i * 13 % 21));
  std::int64_t const expected = std::max_element(x.data(), x.data() + 21) - x.data();
  CHECK(ds::eval(ds::argmax(x))(0) == expected);
  CHECK(ds::eval(ds::argmin(x))(0) == 0);
}
TEST_CASE("argmax: bool has its first true") {
  tensor<bool, dims<5>> const x({false, false, true, true, false});
  CHECK(ds::eval(ds::argmax(x))(0) == 2);
  CHECK(ds::eval(ds::argmin(x))(0) == 0);
}
TEST_CASE("argmax: one kernel with what stands under it and over it") {
  tensor<float, dims<2, 3>> const x({1, 5, 2, 7, 3, 9});
  auto const e = ds::argmax(x * x, last) * 2 + ds::argmin(x, last);
  static_assert(ds::kernel_count<decltype(e)> == 1);
  auto const y = ds::eval(e);
  CHECK(y(0, 0) == 2);
  CHECK(y(1, 0) == 5);
}
TEST_CASE("argmax over several axes: the order of the operand's axes, whatever view is over it") {
  tensor<float, dims<2, 3, 5>> x;
  for (int i = 0; i < 30; ++i) x.data()[i] = 0;
  x(1, 0, 3) = 1;
  auto const place = ds::argmax(x);
  CHECK(ds::eval(place)(0, 0, 0) == 18);
  CHECK(ds::eval(ds::permute<1, 0, 2>(place))(0, 0, 0) == 18);
  CHECK(ds::eval(ds::permute<2, 1, 0>(place))(0, 0, 0) == 18);
  auto const flipped = ds::permute<2, 0, 1>(x);  // [5, 2, 3]
  CHECK(ds::eval(ds::argmax(flipped))(0, 0, 0) == 3 * 6 + 1 * 3 + 0);
  auto const both = ds::permute<2, 1, 0>(ds::sum(x)) * 0.f + ds::argmax(x);
  CHECK(ds::eval(both)(0, 0, 0) == 18.f);
}
TEST_CASE("argmax: no elements have no place") {
  tensor<float, dims<dyn, 3>> const none(0);
  CHECK(ds::eval(ds::argmax(none, last)).size() == 0);
  auto const text = thrown<ds::shape_error>([&] { (void)ds::argmax(none, axes<0>); });
  CHECK(text.find("[DS-ARGMAX-EMPTY] argmax(x): x is [0, 3]") != text.npos);
}
