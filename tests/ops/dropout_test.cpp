// SPDX-License-Identifier: Apache-2.0
/// @file Laws of dropout.
#include <deepseek/ops/dropout.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>

namespace ds = deepseek;

namespace {
constexpr std::int64_t count = 1 << 18;
ds::tensor<float, ds::dims<ds::dyn>> filled(float value) {
  ds::tensor<float, ds::dims<ds::dyn>> x(count);
  for (std::int64_t i = 0; i < count; ++i) x.data()[i] = value;
  return x;
}
}  // namespace

TEST_CASE("an element is dropped with probability rate, the others are scaled by 1 / (1 - rate)") {
  auto const x = filled(3);
  for (double const rate : {0.1, 0.5, 0.75, 0.999}) {
    auto const y = ds::eval(ds::dropout(x, rate, {31, 1}));
    double kept = 0;
    bool right = true;
    for (std::int64_t i = 0; i < count; ++i) {
      float const v = y.data()[i];
      kept += v != 0;
      right = right && (v == 0 || v == 3.0f * float(1 / (1 - rate)));
    }
    CHECK(right);
    CHECK(std::fabs(kept / count - (1 - rate)) < 5 * std::sqrt(rate * (1 - rate) / count));
  }
}

TEST_CASE("what is dropped is where uniform with the same key is below rate, on any threads") {
  auto const x = filled(1);
  ds::random_key const key{8, 9};
  auto const u = ds::eval(ds::uniform(x.extents(), key));
  for (int threads : {1, 3}) {
    auto y = filled(NAN);
    (y = ds::dropout(x * 1.0f, 0.3, key)).run(ds::host{threads});
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < count; ++i) wrong += (y.data()[i] == 0) != (u.data()[i] < 0.3f);
    CHECK(wrong == 0);
  }
}

TEST_CASE("rate 0 keeps every bit, rate 1 drops everything, NaN and infinity too") {
  ds::tensor<float, ds::dims<4>> x{1.5f, NAN, INFINITY, -0.0f};
  auto const all = ds::eval(ds::dropout(x, 0, {1}));
  CHECK(std::memcmp(all.data(), x.data(), sizeof(float) * 4) == 0);
  auto const none = ds::eval(ds::dropout(x, 1, {1}));
  for (int i = 0; i < 4; ++i) CHECK(none(i) == 0);
}

TEST_CASE("the dtype is x's, f32 for integers; the same key drops the same places in each") {
  ds::tensor<ds::bf16, ds::dims<200>> b;
  ds::tensor<double, ds::dims<200>> d;
  ds::tensor<int, ds::dims<200>> i;
  for (int k = 0; k < 200; ++k) b(k) = ds::bf16(1.0f), d(k) = 1, i(k) = 1;
  auto const yb = ds::eval(ds::dropout(b, 0.5, {4}));
  auto const yd = ds::eval(ds::dropout(d, 0.5, {4}));
  auto const yi = ds::eval(ds::dropout(i, 0.5, {4}));
  static_assert(std::is_same_v<decltype(yb)::value_type, ds::bf16>);
  static_assert(std::is_same_v<decltype(yd)::value_type, double>);
  static_assert(std::is_same_v<decltype(yi)::value_type, float>);
  for (int k = 0; k < 200; ++k) {
    CHECK(static_cast<float>(yb(k)) == yd(k));
    CHECK(yi(k) == yd(k));
  }
}

TEST_CASE("a rate that is none throws with its value") {
  ds::tensor<float, ds::dims<2>> x{1, 2};
  for (double const rate : {-0.1, 1.5, double(NAN)})
    CHECK_THROWS_AS((void)ds::dropout(x, rate, {}), ds::argument_error);
  std::string text;
  try {
    (void)ds::dropout(x, 1.5, {});
  } catch (ds::argument_error const& e) {
    text = e.what();
  }
  CHECK(text.find("[DS-DROPOUT-RATE]") != text.npos);
  CHECK(text.find("1.5") != text.npos);
}
