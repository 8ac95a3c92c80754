// SPDX-License-Identifier: Apache-2.0
/// @file Long rows, each of which is written while the next one is computed.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/bind.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/loop/row_loops.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/exponential.hpp>
#include <deepseek/ops/extremum.hpp>
#include <deepseek/ops/slice.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/ops/sum.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>

namespace {

namespace ds = deepseek;
using matrix = ds::tensor<float, ds::dims<ds::dyn, ds::dyn>>;
constexpr auto last = ds::axes<-1>;

// Below, at and above the length from which rows overlap; whole pieces, whole vectors and neither.
constexpr std::int64_t lengths[] = {2047, 2048, 2049, 2304, 2320, 4099, 33000};
constexpr std::int64_t counts[] = {1, 2, 3, 10};

/// `count` rows of `length`; and the same numbers with another between any two of them.
struct rows_twice {
  matrix dense, spread;
  rows_twice(std::int64_t count, std::int64_t length)
      : dense(count, length), spread(count, 2 * length) {
    std::mt19937 random(static_cast<unsigned>(length * 31 + count));
    std::uniform_real_distribution<float> number(-4.f, 4.f);
    for (std::int64_t i = 0; i < spread.size(); ++i) spread.data()[i] = number(random);
    for (std::int64_t r = 0; r < count; ++r)
      for (std::int64_t c = 0; c < length; ++c) dense(r, c) = spread(r, 2 * c);
  }
  [[nodiscard]] auto apart() const {
    return ds::slice(spread, ds::axes<1>, ds::range{0, spread.extent(1), 2});
  }
};

matrix poisoned(std::int64_t count, std::int64_t length) {
  matrix y(count, length);
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = std::numeric_limits<float>::quiet_NaN();
  return y;
}
bool same_bits(matrix const& a, matrix const& b) {
  return std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}
template <class F> void for_each_size(F f) {
  for (std::int64_t const n : lengths)
    for (std::int64_t const count : counts) {
      CAPTURE(n);
      CAPTURE(count);
      f(count, n);
    }
}

}  // namespace

TEST_CASE("softmax: the bits of rows that are read with a stride, one by one") {
  for_each_size([](std::int64_t count, std::int64_t n) {
    rows_twice const x(count, n);
    matrix wanted = poisoned(count, n), y = poisoned(count, n), z = poisoned(count, n);
    (wanted = ds::softmax(x.apart())).run(ds::host{1});
    (y = ds::softmax(x.dense)).run(ds::host{1});
    (z = ds::softmax(x.dense)).run(ds::host{2});
    CHECK(same_bits(y, wanted));
    CHECK(same_bits(z, wanted));
  });
}

TEST_CASE("in place: a row is read before it is written, however far the next one is") {
  for_each_size([](std::int64_t count, std::int64_t n) {
    rows_twice const x(count, n);
    matrix wanted = poisoned(count, n), y = poisoned(count, n);
    auto const centred = [](auto const& of) {
      return ds::let(of - ds::mean(of, last), [](auto d) { return d / ds::max(d * d, last); });
    };
    (wanted = centred(x.dense)).run(ds::host{});
    (y = x.dense + 0.f).run(ds::host{});
    (y = centred(y)).run(ds::host{});
    CHECK(same_bits(y, wanted));
  });
}

TEST_CASE("three reductions that need one another, and a second result of one value a row") {
  for_each_size([](std::int64_t count, std::int64_t n) {
    rows_twice const x(count, n);
    matrix y = poisoned(count, n), sums = poisoned(count, 1);
    auto const e = ds::let(x.dense - ds::mean(x.dense, last), [](auto d) {
      return ds::let(ds::exp(d - ds::max(d, last)),
                     [](auto p) { return ds::outputs(p / ds::sum(p, last), ds::sum(p, last)); });
    });
    (ds::tie(y, sums) = e).run(ds::host{});
    for (std::int64_t r = 0; r < count; ++r) {
      double mean = 0, greatest = -1e30, sum = 0;
      for (std::int64_t c = 0; c < n; ++c) mean += double{x.dense(r, c)} / static_cast<double>(n);
      for (std::int64_t c = 0; c < n; ++c) greatest = std::fmax(greatest, x.dense(r, c) - mean);
      for (std::int64_t c = 0; c < n; ++c) sum += std::exp(x.dense(r, c) - mean - greatest);
      CHECK(std::fabs(sums(r, 0) - sum) < 1e-5 * sum);
      double worst = 0;
      for (std::int64_t c = 0; c < n; ++c) {
        double const share = std::exp(x.dense(r, c) - mean - greatest) / sum;
        worst = std::fmax(worst, std::fabs(y(r, c) - share) / share);
      }
      CHECK(worst < 1e-5);
    }
  });
}

TEST_CASE("rows of an extent known when compiling, short and long") {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> number(-4.f, 4.f);
  auto const check = [&]<std::int64_t N>(std::integral_constant<std::int64_t, N>) {
    ds::tensor<float, ds::dims<ds::dyn, N>> x(5, N), y(5, N);
    matrix plain(5, N), wanted(5, N);
    for (std::int64_t i = 0; i < x.size(); ++i) plain.data()[i] = x.data()[i] = number(random);
    (y = ds::softmax(x)).run(ds::host{});
    (wanted = ds::softmax(plain)).run(ds::host{});
    CHECK(std::memcmp(y.data(), wanted.data(), sizeof(float) * 5 * N) == 0);
  };
  check(std::integral_constant<std::int64_t, 6>{});
  check(std::integral_constant<std::int64_t, 100>{});
  check(std::integral_constant<std::int64_t, 2050>{});
}
