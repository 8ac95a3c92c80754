// SPDX-License-Identifier: Apache-2.0
/// @file Products as expressions by the kernels of sm_90a, on the emulator: batches, views, results in place.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <random>

namespace ds = deepseek;
using ds::bf16;
using ds::dyn;

namespace {

constexpr ds::emulated sm90{1, 90};
template <int Rank> using matrices = ds::tensor<bf16, ds::dynamic_dims<Rank>>;

std::mt19937 engine{9};
template <class T> void fill(T& t) {
  std::uniform_real_distribution<float> any{-1.f, 1.f};
  for (std::int64_t i = 0; i < t.size(); ++i) t.data()[i] = bf16{any(engine)};
}

/// c[i, j], of elements a(i, d) and b(d, j), within a rounding to bf16.
template <class C, class A, class B>
int wrong(std::int64_t m, std::int64_t n, std::int64_t k, C const& c, A const& a, B const& b) {
  int count = 0;
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0;
      double sizes = 0;
      for (std::int64_t d = 0; d < k; ++d) {
        double const product = static_cast<double>(static_cast<float>(a(i, d))) *
                               static_cast<double>(static_cast<float>(b(d, j)));
        sum += product;
        sizes += std::fabs(product);
      }
      double const error = std::fabs(static_cast<double>(static_cast<float>(c(i, j))) - sum);
      count += !(error <= std::fabs(sum) / 256 + sizes * 1e-6);
    }
  return count;
}

}  // namespace

TEST_CASE("c = a b, row-major, with tails of all axes") {
  matrices<2> a(70, 136), b(136, 72), c(70, 72);
  fill(a);
  fill(b);
  (c = ds::matmul(a, b)).run(sm90);
  CHECK(wrong(70, 72, 136, c, a, b) == 0);
}

TEST_CASE("rows of the result that are no multiples of 16 bytes; results as floats") {
  matrices<2> a(9, 40), b(40, 40);
  fill(a);
  fill(b);
  ds::tensor<float, ds::dims<dyn, dyn>> c(9, 40);
  (c = ds::matmul(a, b)).run(sm90);
  CHECK(wrong(9, 40, 40, c, a, b) == 0);
}

TEST_CASE("a batch, an operand that is the same for all") {
  matrices<3> a(3, 10, 24), c(3, 10, 16);
  matrices<2> b(24, 16);
  fill(a);
  fill(b);
  (c = ds::matmul(a, b)).run(sm90);
  int count = 0;
  for (std::int64_t x = 0; x < 3; ++x)
    count += wrong(
        10, 16, 24, [&](auto i, auto j) { return c(x, i, j); },
        [&](auto i, auto d) { return a(x, i, d); }, b);
  CHECK(count == 0);
}

TEST_CASE("an operand that is the result is read before it is written") {
  matrices<2> a(16, 16), b(16, 16);
  fill(a);
  fill(b);
  matrices<2> const before = a;
  (a = ds::matmul(a, b)).run(sm90);
  CHECK(wrong(16, 16, 16, a, before, b) == 0);
}

TEST_CASE("operands that are expressions are evaluated first, in their own type") {
  matrices<2> a(8, 16), b(16, 8), c(8, 8);
  fill(a);
  fill(b);
  (c = ds::matmul(a + a, b)).run(sm90);  // twice a is exact
  CHECK(wrong(
            8, 8, 16, c, [&](auto i, auto d) { return 2 * static_cast<float>(a(i, d)); }, b) == 0);
}

TEST_CASE("operands that tensor copies cannot read: a kernel of any GPU") {
  matrices<2> a(8, 9), b(9, 8), c(8, 8);  // rows of 18 bytes
  fill(a);
  fill(b);
  (c = ds::matmul(a, b)).run(sm90);
  CHECK(wrong(8, 8, 9, c, a, b) == 0);
}
