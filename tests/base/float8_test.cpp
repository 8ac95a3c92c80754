// SPDX-License-Identifier: Apache-2.0
/// @file Laws of fp8_e4m3 and fp8_e5m2, for every code and every boundary.
#include <deepseek/base/float8.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "small_float_cases.hpp"

using deepseek::fp8_e4m3;
using deepseek::fp8_e5m2;
namespace test = deepseek::test;

namespace {

template <class Small>
constexpr test::small_float_facts facts =
    std::is_same_v<Small, fp8_e4m3> ? test::small_float_facts{"fp8_e4m3", 4, 3, false, true}
                                    : test::small_float_facts{"fp8_e5m2", 5, 2, true, true};

}  // namespace

TEST_CASE_TEMPLATE("fp8: it is one byte of plain data", Small, fp8_e4m3, fp8_e5m2) {
  static_assert(sizeof(Small) == 1);
  static_assert(std::is_trivially_copyable_v<Small> &&
                std::is_trivially_default_constructible_v<Small>);
  static_assert(std::is_convertible_v<Small, float> && !std::is_convertible_v<float, Small>);
}

TEST_CASE_TEMPLATE("fp8: every code and its value agree", Small, fp8_e4m3, fp8_e5m2) {
  test::check_every_code<Small>(facts<Small>);
}

TEST_CASE_TEMPLATE(
    "fp8: rounding is to nearest, ties to even, once; beyond the largest it saturates", Small,
    fp8_e4m3, fp8_e5m2) {
  test::check_every_rounding(facts<Small>, true, [](auto value) { return Small{value}.bits; });
}

TEST_CASE_TEMPLATE("fp8: unsaturated is the same but for what is beyond the largest", Small,
                   fp8_e4m3, fp8_e5m2) {
  test::check_every_rounding(facts<Small>, false,
                             [](auto value) { return Small::unsaturated(value).bits; });
}

TEST_CASE_TEMPLATE("fp8: unsaturated codes are those of ml_dtypes and PyTorch", Small, fp8_e4m3,
                   fp8_e5m2) {
  test::check_against_golden<Small>(facts<Small>,
                                    [](float value) { return Small::unsaturated(value).bits; });
}

TEST_CASE_TEMPLATE("fp8: NaN stays NaN with its sign", Small, fp8_e4m3, fp8_e5m2) {
  test::check_nan<Small>(facts<Small>);
}

TEST_CASE("fp8: conversions are constant expressions with the values of the specification") {
  static_assert(fp8_e4m3{448.0F}.bits == 0x7e && fp8_e4m3{1e9F}.bits == 0x7e);
  static_assert(fp8_e4m3{464.0F}.bits == 0x7e && fp8_e4m3::unsaturated(464.0F).bits == 0x7e);
  static_assert(fp8_e4m3::unsaturated(465.0).bits == 0x7f);
  static_assert(fp8_e4m3{-__builtin_inff()}.bits == 0xfe);
  static_assert(fp8_e4m3{__builtin_nanf("")}.bits == 0x7f);
  static_assert(float{fp8_e4m3::from_bits(0x01)} == 0x1p-9F);
  static_assert(fp8_e5m2{57344.0F}.bits == 0x7b && fp8_e5m2{1e9F}.bits == 0x7b);
  static_assert(fp8_e5m2{__builtin_inff()}.bits == 0x7b);
  static_assert(fp8_e5m2::unsaturated(61440.0F).bits == 0x7c);
  static_assert(fp8_e5m2{__builtin_nan("")}.bits == 0x7e);
  static_assert(float{fp8_e5m2::from_bits(0x01)} == 0x1p-16F);
}

TEST_CASE_TEMPLATE("fp8: integers round once and saturate", Small, fp8_e4m3, fp8_e5m2) {
  CHECK(Small{std::int8_t{-16}} == -16.0F);
  CHECK(Small{std::numeric_limits<std::int64_t>::max()} ==
        facts<Small>.value(facts<Small>.finite_codes() - 1));
  CHECK(Small{std::numeric_limits<std::int64_t>::min()} ==
        -facts<Small>.value(facts<Small>.finite_codes() - 1));
  CHECK(Small{true} == 1.0F);
}
