// SPDX-License-Identifier: Apache-2.0
/// @file Laws of bf16, for every code and every boundary.
#include <deepseek/base/bfloat16.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "small_float_cases.hpp"

using deepseek::bf16;
namespace test = deepseek::test;

namespace {

constexpr test::small_float_facts facts{"bf16", 8, 7, true, false};

}  // namespace

TEST_CASE("bf16: it is two bytes of plain data") {
  static_assert(sizeof(bf16) == 2 && alignof(bf16) == 2);
  static_assert(std::is_trivially_copyable_v<bf16> &&
                std::is_trivially_default_constructible_v<bf16>);
  static_assert(std::is_convertible_v<bf16, float>);
  static_assert(!std::is_convertible_v<float, bf16> && !std::is_convertible_v<double, bf16>);
  static_assert(std::is_same_v<deepseek::bfloat16, bf16>);
}

TEST_CASE("bf16: conversions are constant expressions, NaN and subnormals too") {
  static_assert(bf16{1.0F}.bits == 0x3f80);
  static_assert(bf16{-2.0}.bits == 0xc000);
  static_assert(bf16{3.4e38F}.bits == 0x7f80);
  static_assert(bf16{0x1p-133F}.bits == 1);
  static_assert(bf16{0x1p-133}.bits == 1);
  static_assert(bf16{__builtin_nanf("")}.bits == 0x7fc0);
  static_assert(bf16{__builtin_nan("")}.bits == 0x7fc0);
  static_assert(float{bf16::from_bits(0xff80)} == -__builtin_inff());
  static_assert((-bf16{1.0F}).bits == 0xbf80);
}

TEST_CASE("bf16: every code and its value agree") { test::check_every_code<bf16>(facts); }

TEST_CASE("bf16: rounding is to nearest, ties to even, once") {
  test::check_every_rounding(facts, false, [](auto value) { return bf16{value}.bits; });
}

TEST_CASE("bf16: the codes are those of ml_dtypes and PyTorch") {
  test::check_against_golden<bf16>(facts, [](float value) { return bf16{value}.bits; });
}

TEST_CASE("bf16: NaN stays NaN with its sign") { test::check_nan<bf16>(facts); }

TEST_CASE("bf16: comparison and arithmetic happen in float") {
  bf16 const one{1};
  bf16 const two{2};
  static_assert(std::is_same_v<decltype(one * two), float>);
  CHECK(one < two);
  CHECK(two == 2);
  CHECK(one + two == 3.0F);
  bf16 const nan{std::nanf("")};
  CHECK_FALSE(nan == nan);
}

TEST_CASE("bf16: integers round once, however large") {
  std::int64_t const tie = (std::int64_t{1} << 60) + (std::int64_t{1} << 52);
  CHECK(bf16{tie} == 0x1p60F);
  CHECK(bf16{tie + 1} == 0x1p60F + 0x1p53F);  // by way of double or float it would be a tie
  CHECK(bf16{tie - 1} == 0x1p60F);
  CHECK(bf16{-(tie + 1)} == -(0x1p60F + 0x1p53F));
  CHECK(bf16{std::numeric_limits<std::int64_t>::min()} == -0x1p63F);
  CHECK(bf16{std::numeric_limits<std::uint64_t>::max()} == 0x1p64F);
  std::int64_t const exact = (std::int64_t{1} << 53) + (std::int64_t{3} << 46);
  CHECK(bf16{exact} == 0x1p53F + 0x1.8p47F);
  CHECK(bf16{257} == 256.0F);
  CHECK(bf16{259} == 260.0F);
}
