// SPDX-License-Identifier: Apache-2.0
/// @file Short dense rows, which are walked as one stream: the bits of rows walked one by one.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/loop/row_loops.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/comparison.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/ops/truth.hpp>
#include <deepseek/ops/where.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <random>

namespace {

namespace ds = deepseek;
template <class T> using matrix = ds::tensor<T, ds::dims<ds::dyn, ds::dyn>>;
template <class T> using column_vector = ds::tensor<T, ds::dims<ds::dyn>>;

/// `count` rows of `length`, alone in memory and as the first columns of a wider matrix.
template <class T> struct rows_twice {
  matrix<T> dense, wide;
  column_vector<T> bias;
  std::int64_t length;

  rows_twice(std::int64_t count, std::int64_t n, unsigned seed)
      : dense(count, n), wide(count, n + 3), bias(n), length{n} {
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> number(-400, 400);
    auto const draw = [&] { return static_cast<T>(static_cast<double>(number(random)) / 97); };
    for (std::int64_t i = 0; i < wide.size(); ++i) wide.data()[i] = draw();
    for (std::int64_t r = 0; r < count; ++r)
      for (std::int64_t c = 0; c < n; ++c) dense(r, c) = wide(r, c);
    for (std::int64_t c = 0; c < n; ++c) bias(c) = draw();
  }
  [[nodiscard]] auto apart() const { return ds::slice(wide, ds::axes<1>, ds::range{0, length}); }
};

template <class A> bool same_bits(A const& a, A const& b) {
  return std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(*a.data())) ==
         0;
}

constexpr std::int64_t lengths[] = {1, 2, 3, 5, 7, 8, 9, 10, 15, 16, 17, 25, 31, 32, 33, 63};
constexpr std::int64_t counts[] = {1, 7, 15, 16, 17, 33, 200};

/// make(x, bias) over dense rows gives the bits that it gives over rows apart.
template <class T, class Make> void check(Make make) {
  for (std::int64_t const n : lengths)
    for (std::int64_t const count : counts) {
      CAPTURE(n);
      CAPTURE(count);
      rows_twice<T> const x(count, n, static_cast<unsigned>(n * 1000 + count));
      auto const wanted = ds::eval(make(x.apart(), x.bias), ds::host{1});
      CHECK(same_bits(ds::eval(make(x.dense, x.bias), ds::host{1}), wanted));
      CHECK(same_bits(ds::eval(make(x.dense, x.bias), ds::host{3}), wanted));
    }
}

}  // namespace

TEST_CASE_TEMPLATE("values of the row, used in it", T, float, double, ds::f16, std::int32_t) {
  check<T>([](auto const& x, auto const&) {
    return (x - ds::min(x, ds::last)) / (ds::max(x, ds::last) - ds::min(x, ds::last) + 1);
  });
}

TEST_CASE("a value kept between passes, a sum of what is computed, one operand for all rows") {
  check<float>([](auto const& x, auto const& bias) {
    return ds::let(ds::exp(x * 0.5f + bias - ds::max(x + bias, ds::last)),
                   [&](auto e) { return e / ds::sum(e, ds::last) + bias; });
  });
}

TEST_CASE("three passes, conditions, truth of a row") {
  check<float>([](auto const& x, auto const& bias) {
    return ds::let(ds::sum(x, ds::last), [&](auto total) {
      auto const above = ds::where(x * 10.f > total, x, bias);
      return ds::where(ds::any(x > 3.9f, ds::last), above - ds::max(above, ds::last), total);
    });
  });
}

TEST_CASE_TEMPLATE("a condition that is one for the row", T, float, double, std::int32_t) {
  check<T>([](auto const& x, auto const& bias) {
    return ds::where(ds::max(x, ds::last) > T(3), x + bias, ds::min(x, ds::last));
  });
}

TEST_CASE("NaN, infinity and negative zero") {
  constexpr std::int64_t count = 19;
  for (std::int64_t const n : lengths) {
    CAPTURE(n);
    rows_twice<float> x(count, n, 3);
    float const special[] = {std::numeric_limits<float>::quiet_NaN(),
                             std::numeric_limits<float>::infinity(),
                             -std::numeric_limits<float>::infinity(), -0.f};
    for (std::int64_t r = 0; r < count; ++r) {
      for (std::int64_t c = 0; c < n; ++c)
        if (r % 7 == 6) x.dense(r, c) = x.wide(r, c) = -0.f;
      if (r % 7 != 6) x.dense(r, r % n) = x.wide(r, r % n) = special[r % 4];
    }
    auto const make = [](auto const& of) {
      return of + ds::min(of, ds::last) * 0.f + ds::max(of, ds::last) * ds::sum(of, ds::last);
    };
    CHECK(same_bits(ds::eval(make(x.dense)), ds::eval(make(x.apart()))));
    CHECK(same_bits(ds::eval(ds::sum(x.dense, ds::last)), ds::eval(ds::sum(x.apart(), ds::last))));
  }
}

TEST_CASE("in place, and two results") {
  for (std::int64_t const n : {3, 10, 21}) {
    CAPTURE(n);
    rows_twice<float> x(50, n, 11);
    auto const half = [](auto const& of) { return of / (ds::sum(of, ds::last) + 50.f); };
    auto const wanted = ds::eval(half(x.apart()));
    auto const below = [](auto const& of) { return of - ds::max(of, ds::last); };
    matrix<float> y = x.dense, z(50, n), w(50, n);
    (y = half(y)).run(ds::host{2});
    CHECK(same_bits(y, wanted));
    (ds::tie(z, w) = ds::outputs(half(x.dense), below(x.dense))).run(ds::host{2});
    CHECK(same_bits(z, wanted));
    CHECK(same_bits(w, ds::eval(below(x.apart()))));
  }
}

TEST_CASE("nothing beyond the last row is read or written") {
  constexpr std::int64_t n = 10, count = 16;
  matrix<float> all(count + 2, n), y(count + 2, n);
  for (std::int64_t i = 0; i < all.size(); ++i) {
    all.data()[i] = static_cast<float>(i % 13);
    y.data()[i] = -1;
  }
  auto const inner = ds::slice(all, ds::range{1, count + 1});
  (ds::slice(y, ds::range{1, count + 1}) = inner / (ds::sum(inner, ds::last) + 1.f))
      .run(ds::host{});
  for (std::int64_t c = 0; c < n; ++c) {
    CHECK(y(0, c) == -1);
    CHECK(y(1, c) > -1);
    CHECK(y(count, c) > -1);
    CHECK(y(count + 1, c) == -1);
  }
}
