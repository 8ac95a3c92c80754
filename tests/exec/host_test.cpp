// SPDX-License-Identifier: Apache-2.0
/// @file The executor of the processor: values, extents, dtypes, and what is checked before it runs.
#include <deepseek/exec/host.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "engine_verbs.hpp"
#include "exact_tensors.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::axes;
using ds::dims;
using ds::dyn;
using ds::host;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
constexpr int lanes = ds::arch::vector_bytes / 4;
constexpr float poison = -12345.f;

TEST_CASE("eval gives a tensor of the expression's extents and dtype") {
  ds::tensor<float, dims<2, dyn>> x(2, 3);
  fill(x);
  auto const y = ds::eval(x + x);
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(y)>, ds::tensor<float, dims<2, dyn>>>);
  CHECK(y.extent(1) == 3);
  for (int i = 0; i < 6; ++i) CHECK(y.data()[i] == 2 * x.data()[i]);
}

TEST_CASE("rows of every length around a vector, blocks of every number of rows") {
  for (std::int64_t const columns : {1, 2, lanes - 1, lanes, lanes + 1, 2 * lanes, 5 * lanes + 3})
    for (std::int64_t const rows : {1, 2, 3, 4, lanes - 1, lanes, lanes + 1, 3 * lanes + 2}) {
      CAPTURE(rows);
      CAPTURE(columns);
      matrix x(rows, columns), y(rows, columns);
      fill(x);
      (y = x - library::max(x, last) + library::sum(x, last)).run(host{2});
      bool right = true;
      for (std::int64_t r = 0; r < rows; ++r) {
        float sum = 0, most = x(r, 0);
        for (std::int64_t c = 0; c < columns; ++c) sum += x(r, c), most = std::fmax(most, x(r, c));
        for (std::int64_t c = 0; c < columns; ++c) right &= y(r, c) == x(r, c) - most + sum;
      }
      CHECK(right);
    }
}

TEST_CASE("static extents give what dynamic ones give") {
  ds::tensor<float, dims<3, 37>> x, y;
  fill(x);
  matrix same(3, 37);
  fill(same);
  (y = softmax(x * 0.5f)).run(host{});
  auto const expected = ds::eval(softmax(same * 0.5f));
  CHECK(std::memcmp(y.data(), expected.data(), sizeof(float) * 3 * 37) == 0);
}

TEST_CASE("zero extents: nothing is written, a sum of nothing is 0, a maximum -infinity") {
  matrix none(0, 5), x(3, 0), y(3, 1);
  (none = none * 2.f).run(host{});
  (x = softmax(x)).run(host{});
  for (int i = 0; i < 3; ++i) y.data()[i] = poison;
  (y = library::sum(x, last)).run(host{});
  for (int i = 0; i < 3; ++i) CHECK(y.data()[i] == 0.f);
  (y = library::max(x, last)).run(host{});
  for (int i = 0; i < 3; ++i) CHECK(y.data()[i] == -std::numeric_limits<float>::infinity());
  (y = library::sum(x, last) + 4.f).run(host{});
  for (int i = 0; i < 3; ++i) CHECK(y.data()[i] == 4.f);
}

TEST_CASE("a scalar result, a scalar operand") {
  ds::tensor<float, dims<>> one, total;
  one.data()[0] = 3.f;
  matrix x(4, 9);
  fill(x);
  auto const y = ds::eval(x * one);
  for (int i = 0; i < 36; ++i) CHECK(y.data()[i] == 3.f * x.data()[i]);
  (total = one + 2.f).run(host{});
  CHECK(total.data()[0] == 5.f);
}

TEST_CASE("y = number and y = smaller tensor broadcast to y") {
  matrix y(3, 11);
  (y = 2.5f).run(host{});
  for (int i = 0; i < 33; ++i) CHECK(y.data()[i] == 2.5f);
  ds::tensor<float, dims<dyn>> row(11);
  fill(row);
  (y = row).run(host{});
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 11; ++c) CHECK(y(r, c) == row(c));
}

TEST_CASE("NaN and infinity follow IEEE 754") {
  float const inf = std::numeric_limits<float>::infinity();
  float const nan = std::numeric_limits<float>::quiet_NaN();
  matrix x(3, 2 * lanes + 1), y(3, 2 * lanes + 1);
  fill(x);
  x(0, 3) = nan;
  x(1, 0) = inf;
  x(2, 2 * lanes) = -inf;
  (y = softmax(x)).run(host{});
  for (std::int64_t c = 0; c < x.extent(1); ++c) {
    CHECK(std::isnan(y(0, c)));
    CHECK(std::isnan(y(1, c)));  // infinity - infinity is in its sum
  }
  CHECK(y(2, 2 * lanes) == 0.f);
  auto const sums = ds::eval(library::sum(x, last));
  CHECK(std::isnan(sums(0, 0)));
  CHECK(sums(1, 0) == inf);
  CHECK(sums(2, 0) == -inf);
  auto const least = ds::eval(library::min(x, last));
  CHECK(std::isnan(least(0, 0)));
  CHECK(least(2, 0) == -inf);
}

TEST_CASE_TEMPLATE("every dtype: computed wide, stored rounded", T, double, float, ds::f16,
                   ds::bf16, ds::fp8_e4m3, ds::fp8_e5m2, std::int8_t, std::int16_t, std::int32_t,
                   std::int64_t, std::uint8_t) {
  using C = ds::compute_t<T>;
  ds::tensor<T, dims<dyn, dyn>> x(5, 2 * lanes + 3), y(5, 2 * lanes + 3);
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(i % 4);
  for (std::int64_t i = 0; i < x.size(); ++i) y.data()[i] = static_cast<T>(99);
  (y = x * x + x).run(host{});
  for (std::int64_t i = 0; i < x.size(); ++i)
    REQUIRE(static_cast<C>(y.data()[i]) == static_cast<C>(static_cast<T>(i % 4 * (i % 4 + 1))));
  auto const most = ds::eval(library::max(x, axes<0>));
  for (std::int64_t c = 0; c < x.extent(1); ++c) {
    C expected = 0;
    for (std::int64_t r = 0; r < 5; ++r)
      expected = static_cast<C>(x(r, c)) > expected ? static_cast<C>(x(r, c)) : expected;
    REQUIRE(static_cast<C>(most(0, c)) == expected);
  }
}

TEST_CASE("bool tensors: read, reduced, written") {
  matrix x(4, lanes + 5), y(4, lanes + 5);
  fill(x);
  fill(y);
  y(2, 1) += 100.f;
  auto const below = ds::eval(library::less(x, y));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(below)>::value_type, bool>);
  for (int r = 0; r < 4; ++r)
    for (int c = 0; c < lanes + 5; ++c) CHECK(below(r, c) == (r == 2 && c == 1));
  auto const any = ds::eval(library::any(below, last));
  for (int r = 0; r < 4; ++r) CHECK(any(r, 0) == (r == 2));
  auto const count = ds::eval(library::sum(below, axes<>));
  static_assert(std::is_same_v<std::remove_cvref_t<decltype(count)>::value_type, std::int64_t>);
  CHECK(count(0, 0) == 1);
}

TEST_CASE("extents that do not fit: both shapes in the text, the output untouched") {
  matrix x(3, 5), y(3, 6), z(4, 5);
  fill(x);
  fill(z);
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = poison;
  auto const assigned = message_of([&] { (y = x + 1.f).run(host{}); });
  CHECK(holds(assigned, "[DS-ASSIGN-EXTENTS]"));
  CHECK(holds(assigned, "y is [3, 6]"));
  CHECK(holds(assigned, "e is [3, 5]"));
  auto const made = message_of([&] { (y = x + z).run(host{}); });
  CHECK(holds(made, "[DS-BROADCAST-EXTENTS]"));
  CHECK(holds(made, "[3, 5] and [4, 5]"));
  for (std::int64_t i = 0; i < y.size(); ++i) REQUIRE(y.data()[i] == poison);
}

TEST_CASE("an error of a multi-kernel expression comes before its first kernel") {
  counting_rule::calls = 0;
  matrix x(4, 7), y(5, 7);
  fill(x);
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = poison;
  auto const counted = ds::expr::map_of(counting_rule{}, x);
  auto const e = x + library::sum(library::max(counted, axes<0>), last);
  static_assert(ds::kernel_count<decltype(e)> == 2);
  CHECK(holds(message_of([&] { (y = e).run(host{}); }), "y is [5, 7] and e is [4, 7]"));
  CHECK(counting_rule::calls == 0);
  for (std::int64_t i = 0; i < y.size(); ++i) REQUIRE(y.data()[i] == poison);
}

TEST_CASE("what is not assignable is said by the laws, without running") {
  static_assert(ds::assignable_extents<dims<2, 3>, dims<3>>);
  static_assert(ds::assignable_extents<dims<2, dyn>, dims<1, 3>>);
  static_assert(!ds::assignable_extents<dims<2, 3>, dims<4>>);
  static_assert(!ds::assignable_extents<dims<3>, dims<1, 3>>);
  static_assert(ds::assignable_dtype<float, std::int32_t>);
  static_assert(ds::assignable_dtype<std::int8_t, std::int64_t>);
  static_assert(!ds::assignable_dtype<std::int32_t, float>);
}

}  // namespace
