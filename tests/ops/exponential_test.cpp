// SPDX-License-Identifier: Apache-2.0
/// @file Laws of exp, expm1, log, log1p.
#include "map_cases.hpp"
#include "sweep.hpp"

#include <deepseek/ops/exponential.hpp>

namespace ds = deepseek;
using namespace deepseek::test;

TEST_CASE("exp(a) is within the golden error") {
  auto const f = [](auto const&, auto const& a) { return ds::exp(a); };
  CHECK(run_cases<float>("exp", f) + run_cases<ds::f16>("exp", f) + run_cases<ds::bf16>("exp", f) ==
        case_count("exp"));
}
TEST_CASE("log(a) is within the golden error") {
  CHECK(run_cases<float>("log", [](auto const&, auto const& a) { return ds::log(a); }) ==
        case_count("log"));
}

TEST_CASE("exp, expm1, log, log1p are within 2 ulp of the C library in double") {
  check_sweep([](auto const& x) { return ds::exp(x); }, [](double x) { return std::exp(x); }, 2);
  check_sweep([](auto const& x) { return ds::expm1(x); }, [](double x) { return std::expm1(x); },
              2);
  check_sweep([](auto const& x) { return ds::log(x); }, [](double x) { return std::log(x); }, 2);
  check_sweep([](auto const& x) { return ds::log1p(x); }, [](double x) { return std::log1p(x); },
              2);
}

TEST_CASE("special values") {
  ds::tensor<float, ds::dims<6>> x{-INFINITY, INFINITY, NAN, -0.0f, -1.0f, -2.0f};
  auto const m = ds::eval(ds::expm1(x)), l = ds::eval(ds::log1p(x)), e = ds::eval(ds::exp(x));
  CHECK(e(0) == 0);
  CHECK(e(1) == INFINITY);
  CHECK(std::isnan(e(2)));
  CHECK(m(0) == -1);
  CHECK(m(1) == INFINITY);
  CHECK(std::isnan(m(2)));
  CHECK(std::signbit(m(3)));
  CHECK(m(3) == 0);
  CHECK(std::isnan(l(0)));
  CHECK(l(1) == INFINITY);
  CHECK(std::signbit(l(3)));
  CHECK(l(4) == -INFINITY);
  CHECK(std::isnan(l(5)));
}

TEST_CASE("integers are computed in f32, doubles in double") {
  ds::tensor<int, ds::dims<1>> i{1};
  auto const y = ds::eval(ds::exp(i));
  static_assert(std::is_same_v<decltype(y)::value_type, float>);
  CHECK(y(0) == doctest::Approx(2.718281828459045).epsilon(1e-7));
  ds::tensor<double, ds::dims<1>> d{1.0};
  CHECK(ds::eval(ds::exp(d))(0) == doctest::Approx(2.718281828459045).epsilon(1e-15));
  CHECK(ds::eval(ds::log1p(d * 1e-10))(0) == doctest::Approx(1e-10 - 5e-21).epsilon(1e-15));
}
