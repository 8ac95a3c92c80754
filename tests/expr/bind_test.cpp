// SPDX-License-Identifier: Apache-2.0
/// @file let, fused, named: what has an identity is computed or loaded once; what has none is not merged.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/bind.hpp>
#include <deepseek/plan/report.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>

#include "../exec/engine_verbs.hpp"

namespace {
namespace ds = deepseek;
using namespace deepseek::test;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;
constexpr int lanes = ds::arch::vector_bytes / 4;

matrix filled(std::int64_t rows, std::int64_t columns) {
  matrix x(rows, columns);
  for (std::int64_t i = 0; i < x.size(); ++i) x.data()[i] = float(i * 7 % 23 - 11) / 4.f;
  return x;
}
template <class Rule, class X> auto counted(X const& x) { return ds::expr::map_of(Rule{}, x); }
/// Calls of counting rules while e runs; whole vectors, so that each is one element.
template <class E> std::int64_t calls(E const& e) {
  counting_rule::calls = 0;
  (void)ds::eval(e, ds::host{1});
  return counting_rule::calls;
}

TEST_CASE("let computes its value once, however often it is used") {
  matrix const x = filled(6, 4 * lanes);
  CHECK(calls(ds::let(counted<counting_rule>(x), [](auto v) { return v * v + v - v * 2.f; })) ==
        x.size());
  CHECK(calls(counted<counting_rule>(x) * counted<counting_rule>(x)) == 2 * x.size());
}

TEST_CASE("a dear value is kept between passes, a cheap one computed again") {
  matrix const x = filled(6, 4 * lanes);
  auto const normalised = [](auto v) { return v / (library::sum(v * v, last) + 1.f); };
  CHECK(calls(ds::let(counted<dear_counting_rule>(x), normalised)) == x.size());
  CHECK(calls(ds::let(counted<counting_rule>(x), normalised)) == 2 * x.size());
}

TEST_CASE("a value that two reductions of one pass need is computed once") {
  matrix const x = filled(6, 4 * lanes);
  CHECK(calls(ds::let(counted<dear_counting_rule>(x), [](auto v) {
          return library::sum(v, last) + library::max(v * 2.f, last);
        })) == x.size());
}

TEST_CASE("the variable of an outer let is seen inside an inner one") {
  matrix const x = filled(3, 2 * lanes);
  auto const e = ds::let(counted<dear_counting_rule>(x), [](auto a) {
    return ds::let(a * 2.f, [a](auto b) { return a + b * a; });
  });
  CHECK(calls(e) == x.size());
  auto const y = ds::eval(e);
  for (std::int64_t i = 0; i < x.size(); ++i)
    CHECK(y.data()[i] == x.data()[i] + 2.f * x.data()[i] * x.data()[i]);
}

TEST_CASE("one function used twice, nested in itself: each let has its own value") {
  matrix const x = filled(2, lanes + 3);
  auto const plus_square = [](auto v) { return v + v * v; };
  auto const e = ds::let(ds::let(x, plus_square), plus_square);
  auto const y = ds::eval(e);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    float const v = x.data()[i];
    float const w = v + v * v;
    CHECK(y.data()[i] == w + w * w);
  }
  auto const beside = ds::eval(ds::let(x, plus_square) - ds::let(x * 2.f, plus_square));
  for (std::int64_t i = 0; i < x.size(); ++i) {
    float const v = x.data()[i];
    CHECK(beside.data()[i] == (v + v * v) - (2 * v + 4 * v * v));
  }
}

TEST_CASE("fused: each parameter is loaded once") {
  matrix const x = filled(3, 2 * lanes);
  matrix const y = filled(3, 2 * lanes);
  auto const f = ds::fused([](auto a, auto b) { return a * 2.f + b * a - a; });
  auto const e = f(x, y);
  CHECK(ds::bytes_moved(e) == 3.0 * 4 * double(x.size()));
  CHECK(calls(f(counted<counting_rule>(x), counted<counting_rule>(y))) == 2 * x.size());
  auto const z = ds::eval(e);
  for (std::int64_t i = 0; i < x.size(); ++i)
    CHECK(z.data()[i] == x.data()[i] * 2.f + y.data()[i] * x.data()[i] - x.data()[i]);
}

TEST_CASE("fused: parameters of one type are not swapped, and a parameter may be unused") {
  matrix const x = filled(2, 9);
  matrix const y = filled(2, 9);
  auto const minus = ds::fused([](auto a, auto b, auto) { return a * 3.f - b; });
  auto const z = ds::eval(minus(x + 1.f, y + 1.f, x));
  for (std::int64_t i = 0; i < x.size(); ++i)
    CHECK(z.data()[i] == (x.data()[i] + 1.f) * 3.f - (y.data()[i] + 1.f));
}

TEST_CASE("fused inside fused, the same function twice") {
  matrix const x = filled(2, 9);
  auto const f = ds::fused([](auto a, auto b) { return a * b + a; });
  auto const y = ds::eval(f(f(x, x + 1.f), f(x + 2.f, x)));
  auto const g = [](float a, float b) { return a * b + a; };
  for (std::int64_t i = 0; i < x.size(); ++i) {
    float const v = x.data()[i];
    CHECK(y.data()[i] == g(g(v, v + 1), g(v + 2, v)));
  }
}

TEST_CASE("named: two operands of one name are one") {
  matrix const x = filled(4, 2 * lanes);
  auto const e = ds::named<"x">(x) * 2.f + ds::named<"x">(x);
  auto const y = ds::eval(e);
  for (std::int64_t i = 0; i < x.size(); ++i) CHECK(y.data()[i] == 3.f * x.data()[i]);
  CHECK(ds::bytes_moved(e) == 2.0 * 4 * double(x.size()));
}

TEST_CASE("named: one name for two tensors is an error, nothing is written") {
  matrix const x = filled(2, 3);
  matrix const z = filled(2, 3);
  matrix y = filled(2, 3);
  y.data()[0] = 99.f;
  auto const e = ds::named<"x">(x) + ds::named<"x">(z);
  CHECK_THROWS_AS((y = e).run(ds::host{}), ds::argument_error);
  CHECK(y.data()[0] == 99.f);
  CHECK_THROWS_AS((void)ds::bytes_moved(e), ds::argument_error);
}

TEST_CASE("named beside let, in the order of any nesting") {
  matrix const x = filled(3, lanes + 1);
  auto const e = ds::let(ds::named<"x">(x) * 2.f,
                         [&](auto v) { return v + ds::named<"x">(x) + library::sum(v, last); });
  auto const y = ds::eval(e);
  for (int r = 0; r < 3; ++r) {
    float sum = 0;
    for (int c = 0; c < lanes + 1; ++c) sum += 2 * x(r, c);
    for (int c = 0; c < lanes + 1; ++c) CHECK(y(r, c) == 3 * x(r, c) + sum);
  }
}

TEST_CASE("x*a + x*b with two run-time scalars of one type stays two products") {
  matrix const x = filled(2, lanes + 2);
  for (float const a : {2.f, -1.f}) {
    float const b = a + 5.f;
    auto const y = ds::eval(x * a + x * b);
    for (std::int64_t i = 0; i < x.size(); ++i)
      CHECK(y.data()[i] == x.data()[i] * a + x.data()[i] * b);
    auto const z = ds::eval(ds::let(x * a, [&](auto v) { return v + x * b; }));
    for (std::int64_t i = 0; i < x.size(); ++i)
      CHECK(z.data()[i] == x.data()[i] * a + x.data()[i] * b);
  }
}

TEST_CASE("a broken law inside a let or a fused function is passed on") {
  matrix const x = filled(2, 2);
  auto const broken = [](auto) { return ds::why::invalid{}; };
  static_assert(!ds::valid<decltype(ds::let(x, broken))>);
  static_assert(!ds::valid<decltype(ds::fused(broken)(x))>);
  static_assert(!ds::valid<decltype(ds::let(ds::why::invalid{}, [](auto v) { return v; }))>);
  static_assert(!ds::valid<decltype(ds::outputs(x, ds::why::invalid{}))>);
}

TEST_CASE("outputs: several results of one expression, a let around them counts once") {
  matrix const x = filled(3, 2 * lanes);
  auto const both = ds::let(counted<dear_counting_rule>(x),
                            [](auto v) { return ds::outputs(v * 2.f, library::sum(v, last)); });
  matrix y(3, 2 * lanes), s(3, 1);
  counting_rule::calls = 0;
  ds::detail::run_on_host(both, ds::make_arguments(y.as_view(), s.as_view()), ds::host{1});
  CHECK(counting_rule::calls == x.size());
  for (int r = 0; r < 3; ++r) {
    float sum = 0;
    for (int c = 0; c < 2 * lanes; ++c) {
      sum += x(r, c);
      CHECK(y(r, c) == 2 * x(r, c));
    }
    CHECK(s(r, 0) == sum);
  }
}
}  // namespace
