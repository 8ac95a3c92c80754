// SPDX-License-Identifier: Apache-2.0
/// @file How many kernels an expression with products runs, on machines that fuse and on those that do not.
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/rms_norm.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/ops/sum.hpp>
#include <deepseek/plan/kernel_count.hpp>

#include <doctest/doctest.h>

#include <cstdint>

namespace {
namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using ds::last;
using matrix = ds::tensor<float, dims<dyn, dyn>>;

template <class E> constexpr int together(E const&) { return ds::kernel_count<E>; }
template <class E> constexpr int apart(E const&) {
  return ds::kernel_count<E, ds::plan::no_fusion>;
}

matrix const a(4, 8), w(8, 8), residual(4, 8);
ds::tensor<float, dims<dyn>> const gain(8), bias(8);
ds::tensor<std::int8_t, dims<dyn, dyn>> const codes(8, 8);

TEST_CASE("a product is one kernel, whatever is under its operands or along its rows above") {
  CHECK(together(ds::matmul(a, w)) == 1);
  CHECK(together(ds::matmul(a * 2.f, w)) == 1);
  CHECK(together(ds::silu(ds::matmul(ds::rms_norm(a, gain, 1e-6), w) + bias) * a + residual) == 1);
  CHECK(together(ds::matmul(a, ds::cast<float>(codes) * gain)) == 1);
  CHECK(together(ds::matmul(a, ds::transpose(ds::cast<float>(codes) * gain))) == 1);
  CHECK(together(ds::softmax(ds::matmul(a, w) * 0.5f, last)) == 1);
  CHECK(together(ds::let(ds::matmul(a, w),
                         [](auto y) { return ds::outputs(y * 2.f, ds::sum(y * y, last)); })) == 1);
}

TEST_CASE("the same on a machine that fuses nothing") {
  CHECK(apart(ds::matmul(a, w)) == 1);
  CHECK(apart(ds::matmul(a * 2.f, w)) == 2);
  CHECK(apart(ds::silu(ds::matmul(ds::rms_norm(a, gain, 1e-6), w) + bias)) == 3);
  CHECK(apart(ds::softmax(ds::matmul(a, w), last)) == 2);
}

TEST_CASE("what cannot be: sums down columns, other places, products in and beside products") {
  CHECK(together(ds::sum(ds::matmul(a, w), ds::axes<0>)) == 2);
  CHECK(together(ds::transpose(ds::matmul(a, w)) * 2.f) == 1);
  CHECK(together(ds::matmul(ds::softmax(ds::matmul(a, w), last), w)) == 2);
  CHECK(together(ds::matmul(a, ds::softmax(w, last))) == 2);
  CHECK(together(ds::silu(ds::matmul(a, w)) * ds::matmul(residual, w)) == 2);
}

TEST_CASE("a product of a let's variable has its operand evaluated for itself") {
  auto const e = ds::let(ds::rms_norm(a, gain, 1e-6), [](auto v) { return ds::matmul(v, w) + v; });
  CHECK(apart(e) == 3);     // the norm, the product, the sum, in which the norm is made again
  CHECK(together(e) == 2);  // the norm is made as rows of the product are packed
}
}  // namespace
