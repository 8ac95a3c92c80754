// SPDX-License-Identifier: Apache-2.0
/// @file Laws of sum; those of prod and mean are in prod_mean_test.cpp.
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/squeeze.hpp>
#include <deepseek/ops/sum.hpp>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

TEST_CASE("sum: golden") {
  CHECK(run_reductions<std::int32_t, ds::bf16, ds::f16>(
            "sum", [](auto const&, auto const& x, auto along) { return ds::sum(x, along); }) == 34);
}

TEST_CASE("sum: golden, the axes dropped, one kernel") {
  int count = 0;
  for (auto const& one : golden_cases("sum")) {
    if (one.name != "rank3_axis0_2_2x7x17_dropped") continue;
    auto const x = loaded<float, 3>(one.inputs[0]);
    auto const e = ds::squeeze<0, 2>(ds::sum(x, axes<0, 2>));
    static_assert(ds::kernel_count<decltype(e)> == 1);
    auto const y = evaluated(e);
    static_assert(decltype(y)::rank == 1);
    CHECK(one.expected.shape == std::vector<std::int64_t>{y.extent(0)});
    expect(one, y);
    ++count;
  }
  CHECK(count == 1);
}

TEST_CASE("sum: right, and the same bits for any number of threads, however the work is cut") {
  for_shared_shapes([](auto const& x) {
    auto const rows = evaluated(ds::sum(x, last));
    auto const columns = evaluated(ds::sum(x, axes<0>));
    auto const all = evaluated(ds::sum(x));
    std::int64_t const m = x.extent(0), n = x.extent(1);
    double total = 0;
    double worst = 0;
    std::vector<double> column(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < m; ++i) {
      double row = 0;
      for (std::int64_t j = 0; j < n; ++j) {
        row += x(i, j);
        column[static_cast<std::size_t>(j)] += x(i, j);
      }
      worst = std::max(worst, std::abs(rows(i, 0) - row) / (1 + static_cast<double>(n)));
      total += row;
    }
    for (std::int64_t j = 0; j < n; ++j)
      worst = std::max(worst, std::abs(columns(0, j) - column[static_cast<std::size_t>(j)]) /
                                  (1 + static_cast<double>(m)));
    CHECK(worst < 1e-5);  // of the sum of magnitudes, which are 1 in the mean
    CHECK(std::abs(all(0, 0) - total) < 1e-5 * static_cast<double>(m * n));
  });
}

TEST_CASE("sum: the result is an operand of the expression it stands in") {
  tensor<float, dims<2, 3>> y({1, 2, 5, 3, 3, 6});
  static_assert(ds::kernel_count<decltype(y / ds::sum(y, last))> == 1);
  static_assert(ds::kernel_count<decltype(y / ds::sum(y))> == 1);
  auto const share = ds::eval(y / ds::sum(y, last));
  CHECK(share(0, 2) == 0.625f);
  CHECK(share(1, 2) == 0.5f);
  (y = y / ds::sum(y)).run(ds::host{});  // y is read and written
  CHECK(y(0, 0) == 0.05f);
  CHECK(y(1, 2) == 0.3f);
}
TEST_CASE("sum: y = y - sum(y, axes<0>) reads every y before it is overwritten") {
  tensor<float, dims<dyn, dyn>> y = sequence<float>(501, 37);
  auto const expected = ds::eval(y - ds::sum(y, axes<0>));
  (y = y - ds::sum(y, axes<0>)).run(ds::host{3});
  CHECK(std::memcmp(y.data(), expected.data(), bytes_of(y)) == 0);
}

TEST_CASE("sum: integers and bool in int64") {
  tensor<std::int8_t, dims<2, 130>> x;
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = i < 130 ? 127 : -128;
  auto const s = ds::eval(ds::sum(x, last));
  static_assert(std::is_same_v<decltype(s)::value_type, std::int64_t>);
  CHECK(s(0, 0) == 127 * 130);
  CHECK(s(1, 0) == -128 * 130);
  tensor<bool, dims<2, 5>> const flags({true, false, true, true, false,  //
                                        false, false, true, false, false});
  CHECK(ds::eval(ds::sum(flags))(0, 0) == 4);
  CHECK(ds::eval(ds::sum(flags, axes<0>))(0, 2) == 2);
}
TEST_CASE("sum: f64 keeps its precision, fp8 accumulates in f32") {
  tensor<double, dims<2>> const close({1 + 0x1p-50, 1});
  CHECK(ds::eval(ds::sum(close))(0) == 2 + 0x1p-50);
  tensor<ds::fp8_e4m3, dims<64>> small;
  for (auto* p = small.data(); p != small.data() + 64; ++p) *p = ds::fp8_e4m3(1.125f);
  CHECK(static_cast<float>(ds::eval(ds::sum(small))(0)) == 72.f);
}
TEST_CASE("sum: any strides, forwards and backwards") {
  float const memory[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  // x[i, j] = memory[11 - i - 3 * j]
  ds::view<float const, dims<3, 4>, ds::strided<2>> const x{memory + 11, {}, {{-1, -3}}};
  auto const rows = ds::eval(ds::sum(x, last));
  CHECK(rows(0, 0) == 12 + 9 + 6 + 3);
  CHECK(rows(2, 0) == 10 + 7 + 4 + 1);
  CHECK(ds::eval(ds::sum(x, axes<0>))(0, 3) == 3 + 2 + 1);
}
TEST_CASE("sum: no elements") {
  tensor<float, dims<dyn, 3>> const none(0);
  auto const s = ds::eval(ds::sum(none, axes<0>));
  CHECK((s(0, 0) == 0 && s(0, 1) == 0 && s(0, 2) == 0));
  CHECK(ds::eval(ds::sum(none, last)).size() == 0);
}
