// SPDX-License-Identifier: Apache-2.0
/// @file Laws of numeric_traits: std::numeric_limits where that exists, the specifications elsewhere.
#include <deepseek/base/numeric_traits.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace ds = deepseek;
using ds::numeric_traits;

namespace {

template <class T>
concept has_infinity_member = requires {
  numeric_traits<T>::infinity();
};
template <class T>
concept has_nan_member = requires {
  numeric_traits<T>::nan();
};

/// Largest, step at one, smallest normal, smallest: as in the format's specification.
template <class T> struct expected;
template <> struct expected<ds::f16> {
  static constexpr double values[] = {65504, 0x1p-10, 0x1p-14, 0x1p-24};
};
template <> struct expected<ds::bf16> {
  static constexpr double values[] = {0x1.fep127, 0x1p-7, 0x1p-126, 0x1p-133};
};
template <> struct expected<ds::fp8_e4m3> {
  static constexpr double values[] = {448, 0x1p-3, 0x1p-6, 0x1p-9};
};
template <> struct expected<ds::fp8_e5m2> {
  static constexpr double values[] = {57344, 0x1p-2, 0x1p-14, 0x1p-16};
};

}  // namespace

TEST_CASE_TEMPLATE("numeric_traits: float and double as std::numeric_limits", T, float, double) {
  using standard = std::numeric_limits<T>;
  using ours = numeric_traits<T>;
  static_assert(ours::max() == standard::max());
  static_assert(ours::lowest() == standard::lowest());
  static_assert(ours::epsilon() == standard::epsilon());
  static_assert(ours::smallest_normal() == standard::min());
  static_assert(ours::smallest() == standard::denorm_min());
  static_assert(ours::infinity() == standard::infinity());
  static_assert(ours::upper_bound() == standard::infinity());
  static_assert(ours::lower_bound() == -standard::infinity());
  static_assert(ours::digits == standard::digits);
  CHECK(std::isnan(ours::nan()));
}

TEST_CASE_TEMPLATE("numeric_traits: integers and bool as std::numeric_limits", T, std::int8_t,
                   std::int16_t, std::int32_t, std::int64_t, std::uint8_t, bool) {
  using standard = std::numeric_limits<T>;
  using ours = numeric_traits<T>;
  static_assert(ours::max() == standard::max());
  static_assert(ours::lowest() == standard::lowest());
  static_assert(ours::digits == standard::digits);
  static_assert(ours::epsilon() == T{1} && ours::smallest() == T{1});
  static_assert(ours::upper_bound() == standard::max() && ours::lower_bound() == standard::min());
  static_assert(!ours::has_infinity && !ours::has_nan);
  static_assert(!has_infinity_member<T> && !has_nan_member<T>);
}

TEST_CASE_TEMPLATE("numeric_traits: small floats as their specification", T, ds::f16, ds::bf16,
                   ds::fp8_e4m3, ds::fp8_e5m2) {
  using ours = numeric_traits<T>;
  auto const& [max, epsilon, smallest_normal, smallest] = expected<T>::values;
  CHECK(ours::max() == max);
  CHECK(ours::lowest() == -max);
  CHECK(ours::epsilon() == epsilon);
  CHECK(ours::smallest_normal() == smallest_normal);
  CHECK(ours::smallest() == smallest);
  CHECK(std::isnan(static_cast<float>(ours::nan())));
  CHECK(std::ldexp(1.0, 1 - ours::digits) == epsilon);
  // The step from one: the next code after that of 1 is 1 + epsilon.
  T const one{1};
  T const next = T::from_bits(static_cast<decltype(T::bits)>(one.bits + 1));
  CHECK(static_cast<double>(next) - 1.0 == epsilon);
}

TEST_CASE("numeric_traits: no value passes the bounds") {
  static_assert(!has_infinity_member<ds::fp8_e4m3> && has_infinity_member<ds::fp8_e5m2>);
  CHECK(numeric_traits<ds::fp8_e4m3>::upper_bound() == 448.0F);
  CHECK(numeric_traits<ds::fp8_e4m3>::lower_bound() == -448.0F);
  float const infinity = std::numeric_limits<float>::infinity();
  CHECK(numeric_traits<ds::fp8_e5m2>::upper_bound() == infinity);
  CHECK(numeric_traits<ds::f16>::upper_bound() == infinity);
  CHECK(numeric_traits<ds::bf16>::lower_bound() == -infinity);
}
