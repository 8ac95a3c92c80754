// SPDX-License-Identifier: Apache-2.0
/// @file a % b: the table of NumPy's remainder, the law for all small numbers, and extremes.
#include <deepseek/exec/host.hpp>
#include <deepseek/ops/remainder.hpp>
#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace ds = deepseek;

TEST_CASE("the sign is the divisor's: values of numpy.remainder") {
  struct row {
    std::int32_t a, b, y;
  };
  constexpr row table[] = {{7, 3, 1},  {-7, 3, 2},  {7, -3, -2}, {-7, -3, -1}, {6, 3, 0},
                           {-6, 3, 0}, {6, -3, 0},  {0, 5, 0},   {0, -5, 0},   {1, 5, 1},
                           {-1, 5, 4}, {1, -5, -4}, {5, 1, 0},   {-5, 1, 0},   {5, -1, 0},
                           {9, 0, 0},  {-9, 0, 0},  {2, 100, 2}, {-2, 100, 98}};
  constexpr std::int64_t n = sizeof table / sizeof table[0];
  ds::tensor<std::int32_t, ds::dims<n>> a, b;
  for (std::int64_t i = 0; i < n; ++i) a(i) = table[i].a, b(i) = table[i].b;
  auto const y = ds::eval(a % b);
  for (std::int64_t i = 0; i < n; ++i) {
    CAPTURE(a(i));
    CAPTURE(b(i));
    CHECK(y(i) == table[i].y);
    CHECK(ds::rules::remainder{}(table[i].a, table[i].b) == table[i].y);
  }
}

TEST_CASE_TEMPLATE("a = q b + r with r between 0 and b, all types", T, std::int8_t, std::uint8_t,
                   std::int16_t, std::int32_t, std::int64_t) {
  constexpr int span = std::is_signed_v<T> ? 40 : 0;
  ds::tensor<T, ds::dims<ds::dyn, 1>> a(81, 1);
  ds::tensor<T, ds::dims<ds::dyn>> b(37);
  for (std::int64_t i = 0; i < 81; ++i) a(i, 0) = static_cast<T>(i - span);
  for (std::int64_t j = 0; j < 37; ++j) b(j) = static_cast<T>(j - span / 2);
  auto const y = ds::eval(a % b);
  static_assert(std::is_same_v<typename decltype(y)::value_type, T>);
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < 81; ++i)
    for (std::int64_t j = 0; j < 37; ++j) {
      std::int64_t const by = b(j), r = y(i, j);
      bool const inside = by == 0 ? r == 0 : by > 0 ? r >= 0 && r < by : r <= 0 && r > by;
      wrong += !inside || (by != 0 && (a(i, 0) - r) % by != 0);
    }
  CHECK(wrong == 0);
}

TEST_CASE("the least number by -1 does not trap; numbers beside tensors") {
  constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
  ds::tensor<std::int32_t, ds::dims<3>> x{least, least + 1, 5};
  auto const y = ds::eval(x % -1);
  for (std::int64_t i = 0; i < 3; ++i) CHECK(y(i) == 0);
  auto const z = ds::eval(17 % x);
  CHECK(z(0) == least + 17);  // 17 = -1 * least + 17 + least
  CHECK(z(2) == 2);
  CHECK(ds::eval(x % 2)(1) == 1);
}
