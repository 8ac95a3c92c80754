// SPDX-License-Identifier: Apache-2.0
/// @file Laws of uniform and normal: known answers, distributions, the same numbers on every path.
///
/// Seeds are fixed, so nothing here is a matter of luck; bounds of statistics are five standard
/// deviations of what independent draws would give.
#include <deepseek/ops/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include <deepseek/exec/host.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/reduce_rules.hpp>
#include <deepseek/expr/reduce.hpp>

namespace ds = deepseek;

namespace {
constexpr std::int64_t draws = 1 << 20;
using row = ds::tensor<float, ds::dims<ds::dyn>>;

template <class E> row drawn(E const& e, int threads = 0) {
  row y(draws);
  (y = e).run(ds::host{threads});
  return y;
}
double mean_of(row const& x) {
  double sum = 0;
  for (std::int64_t i = 0; i < x.size(); ++i) sum += x.data()[i];
  return sum / double(x.size());
}
/// The mean of (x - mean)^power.
double central_moment(row const& x, double mean, int power) {
  double sum = 0;
  for (std::int64_t i = 0; i < x.size(); ++i) sum += std::pow(x.data()[i] - mean, power);
  return sum / double(x.size());
}
/// The correlation of x with y moved by `lag`.
double correlation(row const& x, row const& y, std::int64_t lag = 0) {
  double const mx = mean_of(x), my = mean_of(y);
  double xy = 0, xx = 0, yy = 0;
  for (std::int64_t i = 0; i + lag < draws; ++i) {
    double const a = x.data()[i] - mx, b = y.data()[i + lag] - my;
    xy += a * b, xx += a * a, yy += b * b;
  }
  return xy / std::sqrt(xx * yy);
}
double deviations(double variance_of_one) { return 5 * std::sqrt(variance_of_one / double(draws)); }
ds::dims<ds::dyn> const shape{draws};

bool same_bits(float const* a, float const* b, std::int64_t count) {
  return std::memcmp(a, b, std::size_t(count) * sizeof(float)) == 0;
}
}  // namespace

TEST_CASE(
    "uniform: element i is word i mod 4 of Philox4x32-10 at place i / 4 (Random123's answers)") {
  auto const y = ds::eval(ds::uniform(ds::dims<4>{}, {0, 0}));
  std::uint32_t const answer[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  for (int i = 0; i < 4; ++i) CHECK(y(i) == float(answer[i] >> 8) * 0x1p-24f);
  auto const d = ds::eval(ds::uniform<double>(ds::dims<2>{}, {0, 0}));
  CHECK(d(0) == double(0xe169c58d'6627e8d5U >> 11) * 0x1p-53);
  CHECK(d(1) == double(0x9b00dbd8'bc57ac4cU >> 11) * 0x1p-53);
  auto const far = ds::eval(ds::uniform(ds::dims<1003>{}, {7, 9}));
  for (int i = 0; i < 1003; ++i)
    CHECK(far(i) == ds::uniform01(ds::philox4x32(7, std::uint64_t(i / 4), 9).word[i % 4]));
}

TEST_CASE("uniform: moments, 64 equal bins, neighbours") {
  auto const y = drawn(ds::uniform(shape, {2024, 3}));
  double const mean = mean_of(y);
  CHECK(std::fabs(mean - 0.5) < deviations(1.0 / 12));
  CHECK(std::fabs(central_moment(y, 0.5, 2) - 1.0 / 12) < deviations(1.0 / 180));
  std::vector<double> bin(64);
  bool inside = true;
  for (std::int64_t i = 0; i < draws; ++i) {
    inside = inside && y.data()[i] >= 0 && y.data()[i] < 1;
    bin[std::size_t(y.data()[i] * 64)] += 1;
  }
  CHECK(inside);
  double chi_square = 0;
  for (double const count : bin) chi_square += std::pow(count - draws / 64.0, 2) / (draws / 64.0);
  CHECK(chi_square < 63 + 5 * std::sqrt(2.0 * 63));
  CHECK(chi_square > 63 - 5 * std::sqrt(2.0 * 63));
  for (std::int64_t lag : {1, 2, 3, 4, 16})
    CHECK(std::fabs(correlation(y, y, lag)) < deviations(1));
}

TEST_CASE("normal: moments, tails, neighbours") {
  auto const y = drawn(ds::normal(shape, {2024, 4}));
  double const mean = mean_of(y);
  CHECK(std::fabs(mean) < deviations(1));
  CHECK(std::fabs(central_moment(y, 0, 2) - 1) < deviations(2));
  CHECK(std::fabs(central_moment(y, 0, 3)) < deviations(15));
  CHECK(std::fabs(central_moment(y, 0, 4) - 3) < deviations(96));
  for (double const bound : {0.5, 1.0, 2.0, 3.0, 4.0}) {
    double const share = std::erfc(bound / std::sqrt(2.0));
    double count = 0;
    for (std::int64_t i = 0; i < draws; ++i) count += std::fabs(y.data()[i]) > bound;
    CHECK(std::fabs(count / draws - share) < deviations(share * (1 - share)));
  }
  for (std::int64_t lag : {1, 2, 3, 4}) CHECK(std::fabs(correlation(y, y, lag)) < deviations(1));
}

TEST_CASE("normal: within 2^-20 of Box and Muller's formula in double, at most 6.66 from 0") {
  auto const y = drawn(ds::normal(shape, {5, 6}));
  double worst = 0;
  double const turn = 2 * 3.14159265358979323846;
  for (std::int64_t i = 0; i < draws; ++i) {
    auto const block = ds::philox4x32(5, std::uint64_t(i / 4), 6);
    int const pair = i % 4 < 2 ? 0 : 2;
    double const u = (double(block.word[pair]) + 0.5) * 0x1p-32;
    double const angle = turn * (double(block.word[pair + 1]) * 0x1p-32);
    double const value =
        std::sqrt(-2 * std::log(u)) * (i % 2 == 0 ? std::cos(angle) : std::sin(angle));
    worst = std::fmax(worst, std::fabs(value - y.data()[i]));
  }
  INFO("worst ", std::log2(worst));
  CHECK(worst < 0x1p-20);
  using ds::detail::normal_from_bits;
  CHECK(normal_from_bits(0, 0, false) ==
        doctest::Approx(std::sqrt(66 * std::log(2.0))).epsilon(1e-6));
  CHECK(normal_from_bits(0, 0x8000'0000U, false) == -normal_from_bits(0, 0, false));
  CHECK(normal_from_bits(0, 0x4000'0000U, true) == normal_from_bits(0, 0, false));
  CHECK(std::fabs(normal_from_bits(0xffff'ffffU, 1, false)) < 1e-3);
  CHECK_FALSE(std::isnan(normal_from_bits(0xffff'ffffU, 0xffff'ffffU, true)));
}

#if defined(__FMA__)
TEST_CASE("normal: these bits on every machine with a fused multiply-add") {
  // g++ 12 and clang 14, -O1 to -O3, x86-64-v3 and AVX-512 all gave this hash.
  auto const y = drawn(ds::normal(shape, {1, 2}));
  std::uint64_t hash = 1469598103934665603U;
  for (std::int64_t i = 0; i < draws; ++i)
    hash = (hash ^ __builtin_bit_cast(std::uint32_t, y.data()[i])) * 1099511628211U;
  CHECK(hash == 0x483a3a7fc6986b5aU);
}
#endif

TEST_CASE(
    "the numbers do not depend on threads, shape, layout, or what else is in the expression") {
  ds::random_key const key{11, 12};
  auto const one = drawn(ds::normal(shape, key), 1), u = drawn(ds::uniform(shape, key), 1);
  for (int threads : {2, 3, 5}) {
    CHECK(same_bits(drawn(ds::normal(shape, key), threads).data(), one.data(), draws));
    CHECK(same_bits(drawn(ds::uniform(shape, key), threads).data(), u.data(), draws));
  }
  // As rows of 7 and of 33: chunks begin and vectors end anywhere.
  ds::dims<ds::dyn, 7> const sevens{draws / 7};
  ds::dims<ds::dyn, 33> const others{draws / 33};
  CHECK(same_bits(ds::eval(ds::normal(sevens, key)).data(), one.data(), sevens.size()));
  CHECK(same_bits(ds::eval(ds::uniform(others, key)).data(), u.data(), others.size()));
  // Written with the axes swapped: vectors run along the other one.
  ds::tensor<float, ds::dims<33, 100>> turned;
  ds::view<float, ds::dims<100, 33>, ds::strided<2>> view{turned.data(), {}, {{1, 100}}};
  (view = ds::normal(ds::dims<100, 33>{}, key)).run(ds::host{});
  bool same = true;
  for (int r = 0; r < 100; ++r)
    for (int c = 0; c < 33; ++c) same = same && turned(c, r) == one(33 * r + c);
  CHECK(same);
  // Summed, with nothing stored.
  auto const sum = ds::eval(ds::expr::reduce<ds::rules::sum>(
      ds::uniform(ds::dims<100, 33>{}, key) * 1.0f, ds::axes_t<0>{}));
  for (int c = 0; c < 33; ++c) {
    double expected = 0;
    for (int r = 0; r < 100; ++r) expected += u(33 * r + c);
    CHECK(sum(0, c) == doctest::Approx(expected).epsilon(1e-5));
  }
}

TEST_CASE("other seeds and streams are other, uncorrelated numbers") {
  auto const base = drawn(ds::uniform(shape, {1, 0}));
  for (ds::random_key const key : {ds::random_key{2, 0},
                                   {1, 1},
                                   {1, 2},
                                   {0, 1},
                                   {1ULL << 32, 0},
                                   {1, 1ULL << 32},
                                   {~0ULL, ~0ULL}}) {
    auto const other = drawn(ds::uniform(shape, key));
    CHECK(std::fabs(correlation(base, other)) < deviations(1));
    CHECK(std::fabs(correlation(base, other, 1)) < deviations(1));
    CHECK_FALSE(same_bits(base.data(), other.data(), 100));
  }
  auto const n = drawn(ds::normal(shape, {1, 0})), m = drawn(ds::normal(shape, {1, 1}));
  CHECK(std::fabs(correlation(n, m)) < deviations(1));
}
