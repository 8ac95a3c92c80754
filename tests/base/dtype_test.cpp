// SPDX-License-Identifier: Apache-2.0
/// @file Laws of dtypes: names, sizes, the type of arithmetic, and PyTorch's table of promotion.
#include <deepseek/base/dtype.hpp>
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace ds = deepseek;
using ds::dtype;

namespace {

using all_types =
    std::tuple<double, float, ds::f16, ds::bf16, ds::fp8_e4m3, ds::fp8_e5m2, std::int8_t,
               std::int16_t, std::int32_t, std::int64_t, std::uint8_t, bool>;
constexpr std::size_t type_count = std::tuple_size_v<all_types>;
template <std::size_t I> using type_at = std::tuple_element_t<I, all_types>;

constexpr char const* names[type_count] = {"f64",      "f32",      "f16",   "bf16",
                                           "fp8_e4m3", "fp8_e5m2", "int8",  "int16",
                                           "int32",    "int64",    "uint8", "bool"};

constexpr dtype f64 = dtype::f64, f32 = dtype::f32, f16 = dtype::f16, b16 = dtype::bf16,
                e4 = dtype::fp8_e4m3, e5 = dtype::fp8_e5m2, i8 = dtype::int8, i16 = dtype::int16,
                i32 = dtype::int32, i64 = dtype::int64, u8 = dtype::uint8, b = dtype::boolean;

/// Printed by torch.promote_types of PyTorch 2.15 for each pair, but for the rows and columns of fp8,
/// which PyTorch refuses (promote_t says what holds instead).
constexpr dtype promotions[type_count][type_count] = {
    {f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64},
    {f64, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32, f32},
    {f64, f32, f16, f32, f16, f16, f16, f16, f16, f16, f16, f16},
    {f64, f32, f32, b16, b16, b16, b16, b16, b16, b16, b16, b16},
    {f64, f32, f16, b16, e4, f32, e4, e4, e4, e4, e4, e4},
    {f64, f32, f16, b16, f32, e5, e5, e5, e5, e5, e5, e5},
    {f64, f32, f16, b16, e4, e5, i8, i16, i32, i64, i16, i8},
    {f64, f32, f16, b16, e4, e5, i16, i16, i32, i64, i16, i16},
    {f64, f32, f16, b16, e4, e5, i32, i32, i32, i64, i32, i32},
    {f64, f32, f16, b16, e4, e5, i64, i64, i64, i64, i64, i64},
    {f64, f32, f16, b16, e4, e5, i16, i16, i32, i64, u8, u8},
    {f64, f32, f16, b16, e4, e5, i8, i16, i32, i64, u8, b},
};

template <class Visit, std::size_t... I>
void for_each_type(Visit const& visit, std::index_sequence<I...>) {
  (visit(std::integral_constant<std::size_t, I>{}), ...);
}
template <class Visit> void for_each_type(Visit const& visit) {
  for_each_type(visit, std::make_index_sequence<type_count>{});
}

}  // namespace

TEST_CASE("dtype: each type has its value, name and size") {
  for_each_type([](auto i) {
    using type = type_at<i>;
    static_assert(ds::element<type>);
    CHECK(static_cast<std::size_t>(ds::dtype_of<type>) == i);
    CHECK(std::string(ds::dtype_name(ds::dtype_of<type>)) == names[i]);
    CHECK(ds::size_of(ds::dtype_of<type>) == sizeof(type));
  });
}

TEST_CASE("dtype: other types are no elements") {
  static_assert(!ds::element<int*> && !ds::element<void> && !ds::element<std::uint32_t>);
  static_assert(!ds::element<float const> && !ds::element<float&> && !ds::element<long double>);
}

TEST_CASE("dtype: a value outside the enumeration has no size and says so") {
  CHECK(ds::size_of(static_cast<dtype>(200)) == 0);
  CHECK(std::string(ds::dtype_name(static_cast<dtype>(200))) == "invalid dtype");
}

TEST_CASE("dtype: floating, integer and bool are apart") {
  for_each_type([](auto i) {
    constexpr dtype value = ds::dtype_of<type_at<i>>;
    CHECK(ds::is_floating(value) == (i <= 5));
    CHECK(ds::is_integer(value) == (i >= 6 && i <= 10));
    CHECK(ds::floating_element<type_at<i>> == ds::is_floating(value));
    CHECK(ds::integer_element<type_at<i>> == ds::is_integer(value));
  });
}

TEST_CASE("compute_t: narrow types are reckoned in float and int32") {
  static_assert(std::is_same_v<ds::compute_t<double>, double>);
  static_assert(std::is_same_v<ds::compute_t<float>, float>);
  static_assert(std::is_same_v<ds::compute_t<ds::f16>, float>);
  static_assert(std::is_same_v<ds::compute_t<ds::bf16>, float>);
  static_assert(std::is_same_v<ds::compute_t<ds::fp8_e4m3>, float>);
  static_assert(std::is_same_v<ds::compute_t<ds::fp8_e5m2>, float>);
  static_assert(std::is_same_v<ds::compute_t<std::int8_t>, std::int32_t>);
  static_assert(std::is_same_v<ds::compute_t<std::int16_t>, std::int32_t>);
  static_assert(std::is_same_v<ds::compute_t<std::uint8_t>, std::int32_t>);
  static_assert(std::is_same_v<ds::compute_t<std::int32_t>, std::int32_t>);
  static_assert(std::is_same_v<ds::compute_t<std::int64_t>, std::int64_t>);
  static_assert(std::is_same_v<ds::compute_t<bool>, bool>);
}

TEST_CASE("promote_t: PyTorch's table, in both orders") {
  for_each_type([](auto row) {
    for_each_type([row](auto column) {
      using a = type_at<decltype(row)::value>;
      using b = type_at<decltype(column)::value>;
      CAPTURE(names[row]);
      CAPTURE(names[column]);
      CHECK(ds::dtype_of<ds::promote_t<a, b>> == promotions[row][column]);
      CHECK(std::is_same_v<ds::promote_t<a, b>, ds::promote_t<b, a>>);
    });
  });
}
