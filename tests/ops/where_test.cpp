// SPDX-License-Identifier: Apache-2.0
/// @file Laws of where(condition, a, b) and minus_infinity.
#include "map_cases.hpp"

#include <cmath>
#include <string>

#include <deepseek/ops/comparison.hpp>
#include <deepseek/ops/where.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

namespace {
template <class E> using value_t = typename std::remove_cvref_t<E>::value_type;
}

TEST_CASE("where(condition, a, b) is the outside value bit by bit, all three broadcast") {
  CHECK(run_cases<bool, float, float>("where", [](auto const&, auto const& c, auto const& a,
                                                  auto const& b) { return ds::where(c, a, b); }) ==
        case_count("where"));
}

TEST_CASE("the dtype is that of a and b, whatever the condition's") {
  ds::tensor<bool, ds::dims<2>> c{true, false};
  ds::tensor<float, ds::dims<2>> x{1, 0};
  ds::tensor<ds::f16, ds::dims<2>> h{ds::f16(1.0f), ds::f16(2.0f)};
  ds::tensor<std::int32_t, ds::dims<2>> i{7, 8};
  static_assert(std::is_same_v<value_t<decltype(ds::where(x, i, 0))>, std::int32_t>);
  static_assert(std::is_same_v<value_t<decltype(ds::where(c, h, 0.5))>, ds::f16>);
  static_assert(std::is_same_v<value_t<decltype(ds::where(c, h, i))>, ds::f16>);
  static_assert(std::is_same_v<value_t<decltype(ds::where(c, 1.0f, 0.0f))>, float>);
  static_assert(std::is_same_v<value_t<decltype(ds::where(c, 1, 0))>, std::int32_t>);
  static_assert(std::is_same_v<value_t<decltype(ds::where(c, c, c))>, bool>);
  auto const y = ds::eval(ds::where(x, i, -1));
  CHECK(y(0) == 7);
  CHECK(y(1) == -1);
  auto const t = ds::eval(ds::where(c, !c(1), c));
  CHECK(t(0));
  CHECK_FALSE(t(1));
}

TEST_CASE("what is not chosen leaves no trace") {
  ds::tensor<float, ds::dims<3>> x{-1, 0, 4};
  auto const y = ds::eval(ds::where(x > 0, 1.0f / x, 0.0f) * 2.0f);
  CHECK(y(0) == 0);
  CHECK(y(1) == 0);  // not infinity * 0
  CHECK(y(2) == 0.5f);
}

TEST_CASE("minus_infinity has the dtype of what it is beside") {
  ds::tensor<bool, ds::dims<1>> no{false};
  ds::tensor<ds::bf16, ds::dims<1>> b{ds::bf16(1.0f)};
  ds::tensor<double, ds::dims<1>> d{1};
  ds::tensor<ds::fp8_e4m3, ds::dims<1>> e{ds::fp8_e4m3(1.0f)};
  static_assert(std::is_same_v<value_t<decltype(ds::where(no, b, ds::minus_infinity))>, ds::bf16>);
  CHECK(static_cast<float>(ds::eval(ds::where(no, b, ds::minus_infinity))(0)) == -INFINITY);
  CHECK(ds::eval(ds::where(no, d, ds::minus_infinity))(0) == -INFINITY);
  CHECK(static_cast<float>(ds::eval(ds::where(no, e, ds::minus_infinity))(0)) == -448);
}

TEST_CASE("three shapes that do not broadcast throw with all of them in the text") {
  ds::tensor<bool, ds::dims<ds::dyn>> c(2);
  ds::tensor<float, ds::dims<ds::dyn>> a(3);
  std::string text;
  try {
    (void)ds::where(c, a, 0.0f);
  } catch (ds::shape_error const& e) {
    text = e.what();
  }
  CHECK(text.find("[2]") != text.npos);
  CHECK(text.find("[3]") != text.npos);
}
