// SPDX-License-Identifier: Apache-2.0
/// @file Laws of norm.
#include <deepseek/ops/moments.hpp>

#include <limits>

#include "reduce_cases.hpp"

namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::tensor;

namespace {

/// Runs the golden cases of one order; the others count as run.
template <class Order> int run_order(std::string const& ord, Order order) {
  int count = 0;
  auto const check = [&](golden_case const& one, auto const& x, auto along) {
    expect(one, evaluated(ds::norm(x, along, order)));
    ++count;
  };
  for (auto const& one : golden_cases("norm")) {
    if (one.attributes.at("ord") != ord) continue;
    CAPTURE(one.name);
    if constexpr (std::is_same_v<Order, ds::norm_order_t<2>>) CHECK(along_axes<float>(one, check));
    else CHECK(along_rank_2<float>(one, check));
  }
  return count;
}

}  // namespace

TEST_CASE("norm: golden, sum of squares") { CHECK(run_order("2", ds::norm_order<2>) == 28); }
TEST_CASE("norm: golden, sum of magnitudes") { CHECK(run_order("1", ds::norm_order<1>) == 8); }
TEST_CASE("norm: golden, greatest magnitude") { CHECK(run_order("inf", ds::norm_order_max) == 8); }

TEST_CASE("cosine of rows: golden, one kernel") {
  int count = 0;
  for (auto const& one : golden_cases("composition")) {
    if (one.name != "cosine") continue;
    auto const x = loaded<float, 2>(one.inputs[0]);
    auto const y = loaded<float, 2>(one.inputs[1]);
    auto const e = ds::sum(x * y, last) / (ds::norm(x, last) * ds::norm(y, last));
    static_assert(ds::kernel_count<decltype(e)> == 1);
    expect(one, evaluated(e));
    ++count;
  }
  CHECK(count == 1);
}
TEST_CASE("norm: one kernel; the same bits for any number of threads") {
  for_shared_shapes([](auto const& x) {
    auto const e = ds::norm(x);
    static_assert(ds::kernel_count<decltype(e)> == 1);
    double square = 0;
    for (std::int64_t i = 0; i < x.size(); ++i)
      square += static_cast<double>(x.data()[i]) * x.data()[i];
    CHECK(std::abs(evaluated(e)(0, 0) - std::sqrt(square)) < 1e-5 * std::sqrt(square));
  });
}
TEST_CASE("norm: squares of f16 that f16 does not hold, integers, f64, no elements") {
  tensor<ds::f16, dims<2>> const half({ds::f16(3000.f), ds::f16(4000.f)});
  CHECK(static_cast<float>(ds::eval(ds::norm(half))(0)) == 5000.f);
  tensor<std::int8_t, dims<2>> const bytes({-128, -128});
  auto const sum = ds::eval(ds::norm(bytes, last, ds::norm_order<1>));
  static_assert(std::is_same_v<decltype(sum)::value_type, float>);
  CHECK(sum(0) == 256.f);
  CHECK(ds::eval(ds::norm(bytes, last, ds::norm_order_max))(0) == 128.f);
  tensor<double, dims<2>> const wide({3e100, 4e100});
  CHECK(ds::eval(ds::norm(wide))(0) == doctest::Approx(5e100).epsilon(1e-15));
  tensor<float, dims<dyn>> const none(0);
  CHECK(ds::eval(ds::norm(none))(0) == 0);
}
