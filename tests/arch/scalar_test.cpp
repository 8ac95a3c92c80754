// SPDX-License-Identifier: Apache-2.0
/// @file The names of the pack functions, for single numbers: they mean what they mean for a pack.
#include <deepseek/arch/scalar.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace {
namespace arch = deepseek::arch;
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("scalar: what single numbers are computed in") {
  static_assert(arch::scalar<float> && arch::scalar<std::int64_t>);
  static_assert(!arch::scalar<bool>);
  static_assert(!arch::scalar<float*>);
}

TEST_CASE_TEMPLATE("max and min hand NaN on; the fast ones give the second operand", T, float,
                   double) {
  T const n = static_cast<T>(nan);
  CHECK(arch::max(T(1), T(2)) == T(2));
  CHECK(arch::min(T(1), T(2)) == T(1));
  CHECK(std::isnan(arch::max(n, T(2))));
  CHECK(std::isnan(arch::max(T(2), n)));
  CHECK(std::isnan(arch::min(n, T(2))));
  CHECK(std::isnan(arch::min(T(2), n)));
  CHECK(arch::max_fast(n, T(2)) == T(2));
  CHECK(std::isnan(arch::min_fast(T(2), n)));
  CHECK(arch::max(static_cast<T>(-inf), T(-3)) == T(-3));
}

TEST_CASE("select, abs, copysign") {
  CHECK(arch::select(true, 1.f, 2.f) == 1.f);
  CHECK(arch::select(false, 1.f, 2.f) == 2.f);
  CHECK(arch::abs(-2.5) == 2.5);
  CHECK(!std::signbit(arch::abs(-0.0)));
  CHECK(arch::abs(std::uint8_t{200}) == 200);
  CHECK(arch::abs(std::numeric_limits<std::int32_t>::lowest()) ==
        std::numeric_limits<std::int32_t>::lowest());
  CHECK(arch::copysign(3.0, -0.0) == -3.0);
}

TEST_CASE("rounding: halves to even, integers stay") {
  CHECK(arch::round(2.5) == 2.0);
  CHECK(arch::round(-3.5) == -4.0);
  CHECK(arch::floor(-0.5f) == -1.f);
  CHECK(arch::ceil(-0.5f) == 0.f);
  CHECK(std::signbit(arch::ceil(-0.5f)));
  CHECK(arch::trunc(-1.75) == -1.0);
  CHECK(arch::floor(7) == 7);
  static_assert(std::is_same_v<decltype(arch::round(7)), int>);
}

TEST_CASE("elementary functions at points where their values are known") {
  CHECK(arch::exp(0.0) == 1.0);
  CHECK(arch::exp(-inf) == 0.0);
  CHECK(arch::exp2(3.0) == 8.0);
  CHECK(arch::expm1(1e-300) == 1e-300);
  CHECK(arch::log(1.0) == 0.0);
  CHECK(arch::log(0.0) == -inf);
  CHECK(std::isnan(arch::log(-1.0)));
  CHECK(arch::log1p(0.0) == 0.0);
  CHECK(arch::sqrt(2.25f) == 1.5f);
  CHECK(arch::rsqrt(4.0) == 0.5);
  CHECK(arch::reciprocal(8.f) == 0.125f);
  CHECK(arch::tanh(inf) == 1.0);
  CHECK(arch::erf(0.0) == 0.0);
  CHECK(arch::erfc(inf) == 0.0);
  CHECK(arch::sin(0.0) == 0.0);
  CHECK(arch::cos(0.0) == 1.0);
  CHECK(arch::pow(nan, 0.0) == 1.0);
  CHECK(arch::pow(-2.0, 3.0) == -8.0);
  CHECK(arch::fma(2.f, 3.f, 4.f) == 10.f);
  CHECK(arch::fma(2, 3, 4) == 10);
}

TEST_CASE("convert and round_to follow the one conversion rule") {
  CHECK(arch::convert<std::int8_t>(300.f) == 127);
  CHECK(arch::convert<deepseek::bf16>(1.00390625f) == 1.f);  // a tie, to even
  CHECK(arch::round_to<deepseek::f16>(2049.f) == 2048.f);
  static_assert(std::is_same_v<decltype(arch::round_to<deepseek::f16>(1.0)), float>);
  static_assert(std::is_same_v<decltype(arch::convert<deepseek::f16>(1.0)), float>);
}

TEST_CASE("truth of one lane") {
  CHECK(arch::any(true));
  CHECK(!arch::all(false));
  CHECK(arch::count(true) == 1);
}
}  // namespace
