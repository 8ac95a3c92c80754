// SPDX-License-Identifier: Apache-2.0
/// @file The error of products is at most twice that of a plain sum over k in the same precision: for each
/// type, on random operands, on sums that cancel and on exponents far apart.
#include <deepseek/loop/matmul.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

namespace {
namespace ds = deepseek;

enum class operands { random, cancelling, far_apart };

template <class T, class Wide> T rounded(Wide x) {
  if constexpr (std::is_floating_point_v<T>) return static_cast<T>(x);
  else return static_cast<T>(static_cast<float>(x));
}

/// a [m, k] and b [k, n] of T, row by row.
template <class T> struct pair_of_matrices {
  std::int64_t m, n, k;
  std::vector<T> a, b;

  pair_of_matrices(operands kind, std::int64_t rows, std::int64_t columns, std::int64_t depth)
      : m{rows}, n{columns}, k{depth}, a(std::size_t(m * k)), b(std::size_t(k * n)) {
    std::mt19937_64 engine{std::uint64_t(m * 100 + n * 10 + k)};
    std::uniform_real_distribution<double> any{-1, 1};
    std::uniform_int_distribution<int> exponent{-12, 12};
    for (T& x : a) x = rounded<T>(any(engine));
    for (T& x : b) x = rounded<T>(any(engine));
    if (kind == operands::far_apart) {
      for (T& x : a) x = rounded<T>(std::ldexp(static_cast<double>(x), exponent(engine)));
      for (T& x : b) x = rounded<T>(std::ldexp(static_cast<double>(x), exponent(engine)));
    }
    // The second half of k takes away what the first gave, but for a part of one term.
    if (kind == operands::cancelling && k > 1)
      for (std::int64_t p = 0; p < k / 2; ++p) {
        for (std::int64_t i = 0; i < m; ++i)
          a[std::size_t(i * k + p + k / 2)] =
              rounded<T>(-static_cast<double>(a[std::size_t(i * k + p)]));
        for (std::int64_t j = 0; j < n; ++j)
          b[std::size_t((p + k / 2) * n + j)] =
              p == 0 ? rounded<T>(static_cast<double>(b[std::size_t(j)]) * (1 + 0x1p-7))
                     : b[std::size_t(p * n + j)];
      }
  }
};

/// The largest error of c, and of a plain sum in Sum that is rounded to C once, both as parts of the sum of
/// sizes, which is what rounding errors are made of.
struct errors {
  double ours = 0;
  double plain = 0;
};
template <class T, class C, class Sum> errors errors_of(pair_of_matrices<T> const& x, C const* c) {
  errors worst;
  for (std::int64_t i = 0; i < x.m; ++i)
    for (std::int64_t j = 0; j < x.n; ++j) {
      long double exact = 0, sizes = 0;
      Sum plain = 0;
      for (std::int64_t p = 0; p < x.k; ++p) {
        T const u = x.a[std::size_t(i * x.k + p)], v = x.b[std::size_t(p * x.n + j)];
        long double const product = static_cast<long double>(static_cast<double>(u)) *
                                    static_cast<long double>(static_cast<double>(v));
        exact += product;
        sizes += std::abs(product);
        Sum const rounded_product = static_cast<Sum>(u) * static_cast<Sum>(v);
        plain = plain + rounded_product;
      }
      if (sizes == 0) sizes = 1;
      auto const off = [&](C value) {
        return std::abs(
            double((static_cast<long double>(static_cast<double>(value)) - exact) / sizes));
      };
      double const mine = off(c[i * x.n + j]);
      worst.ours =
          std::isnan(mine) ? std::numeric_limits<double>::infinity() : std::max(worst.ours, mine);
      worst.plain = std::max(worst.plain, off(rounded<C>(plain)));
    }
  return worst;
}

template <class T, class C, class Sum> void check(std::int64_t m, std::int64_t n, std::int64_t k) {
  for (operands const kind : {operands::random, operands::cancelling, operands::far_apart}) {
    CAPTURE(m);
    CAPTURE(n);
    CAPTURE(k);
    CAPTURE(int(kind));
    pair_of_matrices<T> const x(kind, m, n, k);
    std::vector<C> c(std::size_t(m * n), rounded<C>(std::numeric_limits<double>::quiet_NaN()));
    struct matrices {
      ds::loop::matrix<T const> a, b;
      ds::loop::matrix<C> c;
    };
    ds::loop::matmul<Sum>(
        ds::loop::matmul_extents{1, m, n, k},
        [&](std::int64_t) {
          return matrices{{x.a.data(), k, 1}, {x.b.data(), n, 1}, {c.data(), n, 1}};
        },
        2);
    errors const worst = errors_of<T, C, Sum>(x, c.data());
    // One rounding of one product is the least that either can be off.
    CHECK(worst.ours <= 2 * worst.plain + double(std::numeric_limits<Sum>::epsilon()) / 2);
  }
}

/// No k, one, few, around the step of 384 that k is summed in, and many; rows of few and of many.
template <class T, class C, class Sum> void check_extents() {
  for (std::int64_t const k : {0, 1, 2, 7, 383, 385, 1500})
    for (std::int64_t const m : {1, 3, 17})
      for (std::int64_t const n : {1, 41}) check<T, C, Sum>(m, n, k);
}
}  // namespace

TEST_CASE("f32 and f64") {
  check_extents<float, float, float>();
  check_extents<double, double, double>();
}

TEST_CASE("bf16, f16 and fp8, summed in f32") {
  check_extents<ds::bf16, float, float>();
  check_extents<ds::bf16, ds::bf16, float>();
  check_extents<ds::f16, ds::f16, float>();
  check_extents<ds::fp8_e4m3, float, float>();
}
