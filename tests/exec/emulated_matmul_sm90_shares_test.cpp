// SPDX-License-Identifier: Apache-2.0
/// @file Products of sm_90a with few tiles and a long k on the emulator: blocks share k, and their sums
/// are joined.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>

#include "random_products.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ds = deepseek;
using ds::bf16;
using namespace deepseek::test;

namespace {

template <class A, class B> int shares_of(A const& a, B const& b, int n) {
  matrix<float> y(a.extent(0), n);
  return ds::plan::gpu::sm90_shares_of(
             ds::detail::product_of(a.as_view(), b.as_view(), y.as_view()), 2)
      .count;
}

template <class Y, class A, class B, class F>
double worst_of(Y const& y, A const& a, B const& b, F const& exact_of) {
  double most = 0;
  auto const k = a.extent(1);
  for (int i = 0; i < a.extent(0); ++i)
    for (int j = 0; j < b.extent(1); ++j) {
      double sum = 0;
      double sizes = 1;
      for (std::int64_t d = 0; d < k; ++d) {
        double const p = at(a, i * k + d) * at(b, d * b.extent(1) + j);
        sum += p;
        sizes += std::fabs(p);
      }
      double const exact = exact_of(sum, j);
      double const bound = std::fabs(exact) / 256 + sizes * 1e-5;
      most = std::max(most, std::fabs(at(y, i * b.extent(1) + j) - exact) / bound);
    }
  return most;
}

}  // namespace

TEST_CASE("a plain product, the same bits in every run") {
  constexpr int m = 20;
  constexpr int n = 72;
  constexpr int k = 2120;  // 34 stages, the last one not whole
  matrix<bf16> a(m, k), b(k, n), y(m, n), again(m, n);
  fill_random(a, 1), fill_random(b, 2), fill_random(y, 3), fill_random(again, 4);
  REQUIRE(shares_of(a, b, n) > 1);
  (y = ds::matmul(a, b)).run(ds::emulated{0, 90});
  CHECK(worst_of(y, a, b, [](double sum, int) { return sum; }) <= 1);
  (again = ds::matmul(a, b)).run(ds::emulated{1, 90});
  CHECK(std::equal(y.data(), y.data() + m * n, again.data(),
                   [](bf16 p, bf16 q) { return p.bits == q.bits; }));
}

TEST_CASE("what stands above it runs over the joined sums") {
  constexpr int m = 65;
  constexpr int n = 40;
  constexpr int k = 1600;
  matrix<bf16> a(m, k), b(k, n), bias(1, n), y(m, n);
  fill_random(a, 1), fill_random(b, 2), fill_random(bias, 3), fill_random(y, 4);
  REQUIRE(shares_of(a, b, n) > 1);
  (y = ds::silu(ds::matmul(a, b) + bias)).run(ds::emulated{0, 90});
  CHECK(worst_of(y, a, b, [&](double sum, int j) {
          double const x = sum + at(bias, j);
          return x / (1 + std::exp(-x));
        }) <= 1);
}
