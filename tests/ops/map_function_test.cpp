// SPDX-License-Identifier: Apache-2.0
/// @file Laws of map(f, x...).
#include "map_cases.hpp"

#include <cmath>
#include <cstdint>
#include <type_traits>

#include <deepseek/ops/map_function.hpp>
#include <deepseek/ops/sum.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

namespace {
template <class E> using value_t = typename std::remove_cvref_t<E>::value_type;

/// An element rule of a user's: hypot in floating dtypes.
struct hypotenuse : ds::expr::floating_rule {
  static constexpr char const* name = "hypotenuse";
  static constexpr int flops = 8;
  template <class V> V operator()(V a, V b) const { return ds::arch::sqrt(a * a + b * b); }
};
}  // namespace

TEST_CASE("map of a function of packs is the verb that it spells, for every golden case") {
  auto const add = [](auto a, auto b) { return a + b; };
  CHECK(run_cases<float, float>("add", [&](auto const&, auto const& a, auto const& b) {
          return ds::map(add, a, b);
        }) > 5);
}

TEST_CASE("map of a function of numbers is called lane by lane, for every golden case") {
  auto const divide = [](float a, float b) { return a / b; };
  CHECK(run_cases<float, float>("div", [&](auto const&, auto const& a, auto const& b) {
          return ds::map(divide, a, b);
        }) > 5);
}

TEST_CASE("the dtype is what f returns; operands come in the type they are computed in") {
  ds::tensor<ds::bf16, ds::dims<2>> b{ds::bf16(1.5f), ds::bf16(-2.0f)};
  ds::tensor<std::uint8_t, ds::dims<2>> u{std::uint8_t(200), std::uint8_t(3)};
  ds::tensor<bool, ds::dims<2>> t{true, false};
  auto const f = ds::map([](float x) { return ds::bf16(x * 2); }, b);
  static_assert(std::is_same_v<value_t<decltype(f)>, ds::bf16>);
  CHECK(static_cast<float>(ds::eval(f)(0)) == 3);
  auto const g = ds::map([](std::int32_t x) { return x + 100; }, u);
  static_assert(std::is_same_v<value_t<decltype(g)>, std::int32_t>);
  CHECK(ds::eval(g)(0) == 300);
  auto const h = ds::map([](float x, bool choose) { return choose && x > 0; }, b, t);
  static_assert(std::is_same_v<value_t<decltype(h)>, bool>);
  CHECK(ds::eval(h)(0));
  CHECK_FALSE(ds::eval(h)(1));
  auto const packed = ds::map([](auto x) { return x > 0; }, b);
  static_assert(std::is_same_v<value_t<decltype(packed)>, bool>);
  CHECK(ds::eval(packed)(0));
  CHECK_FALSE(ds::eval(packed)(1));
  static_assert(std::is_same_v<value_t<decltype(ds::map([](float) { return 1.0; }, b))>, double>);
}

TEST_CASE("f keeps what it captured; numbers are operands too") {
  float const scale = 3;
  ds::tensor<float, ds::dims<19>> x;
  for (int i = 0; i < 19; ++i) x(i) = float(i);
  auto const y =
      ds::eval(ds::map([scale](auto v, auto shift) { return v * scale + shift; }, x, 0.5));
  for (int i = 0; i < 19; ++i) CHECK(y(i) == 3 * float(i) + 0.5f);
}

TEST_CASE("f sees elements only: it may be undefined for 0") {
  ds::tensor<int, ds::dims<5>> x{1, 2, 4, 5, 10};
  auto const share = [](int a) { return 100 / a; };
  auto const y = ds::eval(ds::map(share, x));
  for (int i = 0; i < 5; ++i) CHECK(y(i) == 100 / x(i));
  // One value per row, which is computed for a block of rows at once.
  ds::tensor<int, ds::dims<3, 2>> const rows{1, 1, 2, 3, 4, 6};
  auto const z = ds::eval(
      ds::map([](std::int64_t a) { return static_cast<int>(100 / a); }, ds::sum(rows, ds::last)) +
      rows);
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 2; ++c) CHECK(z(r, c) == 100 / (rows(r, 0) + rows(r, 1)) + rows(r, c));
}

TEST_CASE("numbers and packs mix in one expression") {
  ds::tensor<float, ds::dims<3, 1>> x{1, 2, 3};
  ds::tensor<float, ds::dims<21>> z;
  for (int i = 0; i < 21; ++i) z(i) = float(i);
  auto const y = ds::eval(ds::map([](float v) { return std::cbrt(v * v * v); }, x * 2.0f) + z);
  for (int r = 0; r < 3; ++r)
    for (int i = 0; i < 21; ++i) CHECK(y(r, i) == doctest::Approx(2 * (r + 1) + i).epsilon(1e-6));
}

TEST_CASE("an element rule brings its own dtypes") {
  ds::tensor<ds::f16, ds::dims<1>> a{ds::f16(3.0f)};
  ds::tensor<int, ds::dims<1>> i{3}, j{4};
  auto const e = ds::map(hypotenuse{}, a, 4);
  static_assert(std::is_same_v<value_t<decltype(e)>, ds::f16>);
  CHECK(static_cast<float>(ds::eval(e)(0)) == 5);
  CHECK(ds::eval(ds::map(hypotenuse{}, i, j))(0) == 5.0f);
}

TEST_CASE("what map takes can be asked") {
  auto const text = [](char const*) { return 1.0f; };
  auto const nothing = [](float) {};
  auto const changing = [n = 0](float x) mutable { return x + float(++n); };
  auto const good = [](float x) { return x; };
  static_assert(ds::map_callable<decltype(good), ds::bf16> &&
                ds::map_result<decltype(good), ds::bf16>);
  static_assert(!ds::map_callable<decltype(text), float>);
  static_assert(!ds::map_callable<std::remove_const_t<decltype(changing)>, float>);
  static_assert(!ds::map_result<decltype(nothing), float>);
  (void)text, (void)nothing, (void)changing, (void)good;
}
