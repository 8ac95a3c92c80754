// SPDX-License-Identifier: Apache-2.0
/// @file Laws of cast<V>(a).
#include "map_cases.hpp"

#include <cmath>
#include <cstdint>
#include <string>

#include <deepseek/ops/cast.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

namespace {
/// The cases that cast From to To.
template <class From, class To> int run_to(std::string const& to) {
  return run_cases<From>(
      "cast", [](auto const&, auto const& a) { return ds::cast<To>(a); },
      [&](golden_case const& one) { return one.attributes.at("to") == to; });
}
/// cast<V>(x) is convert<V> of each element, for every pair of dtypes.
template <class From, class To> void check_pair() {
  float const values[] = {0,      1,     -1,    2.5f,  -3.75f,   100,       127.5f, -128.5f, 200,
                          255.5f, 300,   -0.0f, 65000, -70000,   1e9f,      -1e9f,  3e9f,    1e19f,
                          -1e19f, 1e-3f, 1e-8f, NAN,   INFINITY, -INFINITY, 448,    500,     0.1f,
                          7,      8,     9,     10,    11,       12};
  constexpr int count = sizeof values / sizeof *values;
  ds::tensor<From, ds::dims<count>> x;
  for (int i = 0; i < count; ++i) x.data()[i] = ds::convert<From>(values[i]);
  auto const y = ds::eval(ds::cast<To>(x));
  int wrong = -1;
  for (int i = 0; i < count; ++i) {
    To const expected = ds::convert<To>(x.data()[i]);
    if (std::memcmp(&expected, y.data() + i, sizeof expected) != 0) {
      auto const e = static_cast<ds::compute_t<To>>(expected);
      auto const g = static_cast<ds::compute_t<To>>(y.data()[i]);
      if (e == e || g == g) wrong = i;
    }
  }
  INFO(ds::dtype_name(ds::dtype_of<From>), " to ", ds::dtype_name(ds::dtype_of<To>), " of ",
       wrong < 0 ? 0.0f : values[wrong]);
  CHECK(wrong == -1);
}
template <class From, class... To> void check_all_to() { (check_pair<From, To>(), ...); }
template <class... V> void check_from_all() {
  (check_all_to<float, V>(), ...);
  (check_all_to<V, float>(), ...);
  (check_all_to<bool, V>(), ...);
  (check_all_to<V, bool>(), ...);
  (check_all_to<std::int64_t, V>(), ...);
}
}  // namespace

TEST_CASE("cast<V>(a) is the outside value bit by bit") {
  using std::int64_t;
  int count = run_to<float, double>("f64") + run_to<float, float>("f32") +
              run_to<float, ds::f16>("f16") + run_to<float, ds::bf16>("bf16") +
              run_to<float, ds::fp8_e4m3>("fp8_e4m3") + run_to<float, ds::fp8_e5m2>("fp8_e5m2") +
              run_to<float, std::int8_t>("int8") + run_to<float, std::int16_t>("int16") +
              run_to<float, std::int32_t>("int32") + run_to<float, int64_t>("int64") +
              run_to<float, std::uint8_t>("uint8") + run_to<float, bool>("bool");
  count += run_to<ds::f16, float>("f32") + run_to<ds::bf16, float>("f32") +
           run_to<int64_t, double>("f64") + run_to<int64_t, float>("f32") +
           run_to<int64_t, ds::f16>("f16") + run_to<int64_t, ds::bf16>("bf16") +
           run_to<bool, float>("f32") + run_to<bool, std::int32_t>("int32");
  CHECK(count == case_count("cast"));
}

TEST_CASE("cast<V>(x) is convert<V> of each element") {
  check_from_all<double, ds::f16, ds::bf16, ds::fp8_e4m3, ds::fp8_e5m2, std::int8_t, std::int16_t,
                 std::int32_t, std::uint8_t>();
}

TEST_CASE("the value is rounded where the cast stands") {
  ds::tensor<float, ds::dims<2>> x{1.001f, 300};
  auto const error = ds::eval(ds::cast<ds::bf16>(x) - x);
  CHECK(error(0) == 1.0f - 1.001f);
  CHECK(ds::eval(ds::cast<std::int8_t>(x) + 0)(1) == 127);
  ds::tensor<std::int32_t, ds::dims<1>> i{300};
  CHECK(ds::eval(ds::cast<std::int8_t>(i) + ds::cast<std::int32_t>(i))(0) == 344);
}
