// SPDX-License-Identifier: Apache-2.0
/// @file Laws of f16, for every code and every boundary.
#include <deepseek/base/float16.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#if defined(__F16C__)
#include <immintrin.h>
#endif

#include "small_float_cases.hpp"

using deepseek::f16;
namespace test = deepseek::test;

namespace {

constexpr test::small_float_facts facts{"f16", 5, 10, true, false};

}  // namespace

TEST_CASE("f16: it is two bytes of plain data") {
  static_assert(sizeof(f16) == 2 && alignof(f16) == 2);
  static_assert(std::is_trivially_copyable_v<f16> &&
                std::is_trivially_default_constructible_v<f16>);
  static_assert(std::is_convertible_v<f16, float>);
  static_assert(!std::is_convertible_v<float, f16> && !std::is_convertible_v<double, f16>);
  static_assert(std::is_same_v<deepseek::float16, f16>);
}

TEST_CASE("f16: conversions are constant expressions, NaN and subnormals too") {
  static_assert(f16{1.0F}.bits == 0x3c00);
  static_assert(f16{-2.0}.bits == 0xc000);
  static_assert(f16{65504}.bits == 0x7bff);
  static_assert(f16{1e30F}.bits == 0x7c00);
  static_assert(f16{0x1p-24F}.bits == 1);
  static_assert(f16{__builtin_nanf("")}.bits == 0x7e00);
  static_assert(f16{__builtin_nan("")}.bits == 0x7e00);
  static_assert(float{f16::from_bits(0x0001)} == 0x1p-24F);
  static_assert(float{f16::from_bits(0xfc00)} == -__builtin_inff());
  static_assert((-f16{1.0F}).bits == 0xbc00);
}

TEST_CASE("f16: every code and its value agree") { test::check_every_code<f16>(facts); }

TEST_CASE("f16: rounding is to nearest, ties to even, once") {
  test::check_every_rounding(facts, false, [](auto value) { return f16{value}.bits; });
}

TEST_CASE("f16: the codes are those of NumPy and PyTorch") {
  test::check_against_golden<f16>(facts, [](float value) { return f16{value}.bits; });
}

TEST_CASE("f16: NaN stays NaN with its sign") { test::check_nan<f16>(facts); }

TEST_CASE("f16: comparison and arithmetic happen in float") {
  f16 const one{1};
  f16 const two{2};
  static_assert(std::is_same_v<decltype(one + two), float>);
  CHECK(one < two);
  CHECK(one == 1);
  CHECK(one == 1.0);
  CHECK(one + two == 3.0F);
  f16 const nan{std::nanf("")};
  CHECK_FALSE(nan == nan);
  CHECK(f16{0.0F} == f16{-0.0F});
}

TEST_CASE("f16: integers round once, however large") {
  CHECK(f16{std::int8_t{-128}} == -128.0F);
  CHECK(f16{true} == 1.0F);
  CHECK(f16{2049} == 2048.0F);
  CHECK(f16{2051} == 2052.0F);
  CHECK(f16{65519}.bits == 0x7bff);
  CHECK(f16{65520}.bits == 0x7c00);
  CHECK(f16{std::numeric_limits<std::int64_t>::min()}.bits == 0xfc00);
  CHECK(f16{std::numeric_limits<std::uint64_t>::max()}.bits == 0x7c00);
}

#if defined(__FLT16_MAX__) && !defined(__CUDACC__)
TEST_CASE(
    "f16: the compiler's _Float16 agrees at every boundary and over the whole range of float") {
  auto const agree = [](std::uint32_t bits) {
    float const value = test::float_from(bits);
    auto const theirs = static_cast<_Float16>(value);
    std::uint16_t code;
    std::memcpy(&code, &theirs, sizeof code);
    CAPTURE(bits);
    if (std::isnan(value)) REQUIRE(((f16{value}.bits ^ code) & 0xfe00) == 0);
    else REQUIRE(f16{value}.bits == code);
  };
  for (std::uint32_t i = 0; i < 1U << 18; ++i) agree(i * 16411U + 7U);
  for (std::uint32_t code = 0; code < 0x10000; ++code) {
    auto const bits = static_cast<std::uint16_t>(code);
    _Float16 theirs;
    std::memcpy(&theirs, &bits, sizeof theirs);
    float const ours = f16::from_bits(bits);
    CAPTURE(code);
    if (std::isnan(ours)) REQUIRE(std::isnan(static_cast<float>(theirs)));
    else REQUIRE(test::bits_from(ours) == test::bits_from(static_cast<float>(theirs)));
  }
}

TEST_CASE("f16: double and _Float16 agree where rounding twice would not") {
  for (double const value : {1.0 + 0x1p-11 + 0x1p-40, 1.0 + 0x1p-11, 1.0 + 0x1p-11 - 0x1p-40,
                             0x1p-25 + 0x1p-70, 0x1p-25, 65520.0 - 0x1p-30}) {
    auto const theirs = static_cast<_Float16>(value);
    std::uint16_t code;
    std::memcpy(&code, &theirs, sizeof code);
    CAPTURE(value);
    CHECK(f16{value}.bits == code);
  }
}
#endif

#if defined(__F16C__)
TEST_CASE("f16: the processor's instructions give the same bits, NaN payloads included") {
  for (std::uint32_t i = 0; i < 1U << 18; ++i) {
    std::uint32_t const bits = i * 16411U + 3U;
    CAPTURE(bits);
    REQUIRE(f16{test::float_from(bits)}.bits ==
            static_cast<std::uint16_t>(_cvtss_sh(test::float_from(bits), 0)));
  }
  for (std::uint32_t payload = 0; payload < 0x80'0000U; payload += 37)
    REQUIRE(f16{test::float_from(0x7f80'0000U | payload)}.bits ==
            static_cast<std::uint16_t>(_cvtss_sh(test::float_from(0x7f80'0000U | payload), 0)));
  for (std::uint32_t code = 0; code < 0x10000; ++code) {
    CAPTURE(code);
    REQUIRE(test::bits_from(f16::from_bits(static_cast<std::uint16_t>(code))) ==
            test::bits_from(_cvtsh_ss(static_cast<std::uint16_t>(code))));
  }
}
#endif
