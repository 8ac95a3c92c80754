// SPDX-License-Identifier: Apache-2.0
/// @file Laws of + - * / abs maximum minimum: NumPy's values bit by bit, dtypes, broadcasting, errors.
#include "map_cases.hpp"

#include <cmath>
#include <limits>
#include <string>

#include <deepseek/ops/arithmetic.hpp>

namespace ds = deepseek;
using namespace deepseek::test;
using std::int32_t;

namespace {
auto const add = [](auto const&, auto const& a, auto const& b) { return a + b; };
auto const subtract = [](auto const&, auto const& a, auto const& b) { return a - b; };
auto const multiply = [](auto const&, auto const& a, auto const& b) { return a * b; };
auto const divide = [](auto const&, auto const& a, auto const& b) { return a / b; };
auto const larger = [](auto const&, auto const& a, auto const& b) { return ds::maximum(a, b); };
auto const smaller = [](auto const&, auto const& a, auto const& b) { return ds::minimum(a, b); };
auto const magnitude = [](auto const&, auto const& a) { return ds::abs(a); };

template <class E> using value_t = typename std::remove_cvref_t<E>::value_type;
}  // namespace

TEST_CASE("a + b is the outside value bit by bit") {
  CHECK(run_cases<float, float>("add", add) + run_cases<int32_t, int32_t>("add", add) ==
        case_count("add"));
}
TEST_CASE("a - b is the outside value bit by bit") {
  CHECK(run_cases<float, float>("sub", subtract) + run_cases<int32_t, int32_t>("sub", subtract) ==
        case_count("sub"));
}
TEST_CASE("a * b is the outside value bit by bit") {
  CHECK(run_cases<float, float>("mul", multiply) + run_cases<int32_t, int32_t>("mul", multiply) ==
        case_count("mul"));
}
TEST_CASE("a / b is the outside value bit by bit") {
  CHECK(run_cases<float, float>("div", divide) == case_count("div"));
}
TEST_CASE("maximum(a, b) passes NaN on and is the outside value bit by bit") {
  CHECK(run_cases<float, float>("maximum", larger) +
            run_cases<int32_t, int32_t>("maximum", larger) ==
        case_count("maximum"));
}
TEST_CASE("minimum(a, b) passes NaN on and is the outside value bit by bit") {
  CHECK(run_cases<float, float>("minimum", smaller) +
            run_cases<int32_t, int32_t>("minimum", smaller) ==
        case_count("minimum"));
}
TEST_CASE("abs(a) is the outside value bit by bit") {
  CHECK(run_cases<float>("abs", magnitude) + run_cases<int32_t>("abs", magnitude) ==
        case_count("abs"));
}

TEST_CASE("the dtype of a result is the common one; a number beside a tensor has its kind alone") {
  ds::tensor<ds::f16, ds::dims<3>> h;
  ds::tensor<ds::bf16, ds::dims<3>> b;
  ds::tensor<std::int8_t, ds::dims<3>> i;
  ds::tensor<bool, ds::dims<3>> t;
  ds::tensor<double, ds::dims<3>> d;
  static_assert(std::is_same_v<value_t<decltype(h + h)>, ds::f16>);
  static_assert(std::is_same_v<value_t<decltype(h + b)>, float>);
  static_assert(std::is_same_v<value_t<decltype(h * 2.0)>, ds::f16>);
  static_assert(std::is_same_v<value_t<decltype(i - h)>, ds::f16>);
  static_assert(std::is_same_v<value_t<decltype(i + 2.5)>, float>);
  static_assert(std::is_same_v<value_t<decltype(1000 - i)>, std::int8_t>);
  static_assert(std::is_same_v<value_t<decltype(i / i)>, float>);
  static_assert(std::is_same_v<value_t<decltype(t + t)>, int32_t>);
  static_assert(std::is_same_v<value_t<decltype(-t)>, int32_t>);
  static_assert(std::is_same_v<value_t<decltype(t * d)>, double>);
}

TEST_CASE("ranks differ: axes align at the end") {
  ds::tensor<float, ds::dims<2, 3>> a{1, 2, 3, 4, 5, 6};
  ds::tensor<float, ds::dims<3>> row{10, 20, 30};
  ds::tensor<float, ds::dims<2, 1>> column{100, 200};
  ds::tensor<float, ds::dims<>> one{0.5f};
  auto const y = ds::eval(a + row + column + one);
  float const expected[] = {111.5, 122.5, 133.5, 214.5, 225.5, 236.5};
  for (int i = 0; i < 6; ++i) CHECK(y.data()[i] == expected[i]);
  auto const z = ds::eval(one - row);
  CHECK(z(2) == -29.5f);
}

TEST_CASE("small floats are computed in f32 and rounded once, when stored") {
  ds::tensor<ds::f16, ds::dims<1>> x{ds::f16(2048.0f)}, y;
  (y = x + 1.0f - 1.0f).run(ds::host{});  // 2049 is no f16; rounded in between it would be 2047
  CHECK(static_cast<float>(y(0)) == 2048.0f);
}

TEST_CASE("integers wrap, their lowest value stays under - and abs") {
  int32_t const lowest = std::numeric_limits<int32_t>::min(), highest = -(lowest + 1);
  ds::tensor<int32_t, ds::dims<2>> x{lowest, highest};
  CHECK(ds::eval(x - 1)(0) == highest);
  CHECK(ds::eval(x + 1)(1) == lowest);
  CHECK(ds::eval(x * 2)(1) == -2);
  CHECK(ds::eval(-x)(0) == lowest);
  CHECK(ds::eval(ds::abs(x))(0) == lowest);
  ds::tensor<std::uint8_t, ds::dims<1>> u{std::uint8_t(3)};
  CHECK(ds::eval(-u)(0) == 253);
}

TEST_CASE("-x turns the sign of zero and of NaN's neighbours") {
  ds::tensor<float, ds::dims<3>> x{0.0f, -0.0f, INFINITY};
  auto const y = ds::eval(-x);
  CHECK(std::signbit(y(0)));
  CHECK_FALSE(std::signbit(y(1)));
  CHECK(y(2) == -INFINITY);
}

TEST_CASE("shapes that do not broadcast throw before any work, with both in the text") {
  ds::tensor<float, ds::dims<ds::dyn>> a(3), b(4), y(3);
  for (int i = 0; i < 3; ++i) y(i) = 7;
  std::string text;
  try {
    (y = a + b).run(ds::host{});
  } catch (ds::shape_error const& e) {
    text = e.what();
  }
  CHECK(text.find("[DS-BROADCAST-EXTENTS]") != text.npos);
  CHECK(text.find("[3]") != text.npos);
  CHECK(text.find("[4]") != text.npos);
  CHECK(y(0) == 7);
}

TEST_CASE("two tensors of no element give none") {
  ds::tensor<float, ds::dims<ds::dyn, 3>> a(0), b(0);
  CHECK(ds::eval(a + b).size() == 0);
}
