// SPDX-License-Identifier: Apache-2.0
/// @file on_gpu: what kernels of products take with them, and the kernels that are counted.
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/arithmetic.hpp>
#include <deepseek/ops/cast.hpp>
#include <deepseek/ops/cumsum.hpp>
#include <deepseek/ops/l2_normalize.hpp>
#include <deepseek/ops/layer_norm.hpp>
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/quantize.hpp>
#include <deepseek/ops/rms_norm.hpp>
#include <deepseek/ops/softmax.hpp>
#include <deepseek/plan/gpu/product_prologue.hpp>
#include <deepseek/plan/kernel_count.hpp>

#include <doctest/doctest.h>

#include <cstdint>

namespace {
namespace ds = deepseek;
using ds::bf16;
using ds::dims;
using ds::dyn;
using ds::last;
using ds::plan::operand_is;
using matrix = ds::tensor<bf16, dims<dyn, dyn>>;

matrix const a(4, 8), w(8, 8);
ds::tensor<float, dims<dyn, dyn>> const floats(8, 8);
ds::tensor<bf16, dims<dyn>> const gain(8), bias(8);
ds::tensor<std::int8_t, dims<dyn, dyn>> const codes(8, 8);

template <class E> constexpr int count(E const&) { return ds::kernel_count<E, ds::on_gpu>; }
template <class E> constexpr operand_is left(E const&) { return ds::on_gpu::operand<E, 0>(); }
template <class E> constexpr operand_is right(E const&) { return ds::on_gpu::operand<E, 1>(); }

TEST_CASE("which elements mma multiplies as they are") {
  using ds::plan::gpu::by_mma;
  static_assert(by_mma<bf16, bf16> && by_mma<ds::f16, ds::f16> &&
                by_mma<std::int8_t, std::uint8_t>);
  static_assert(!by_mma<float, float> && !by_mma<bf16, ds::f16> && !by_mma<bool, std::int8_t>);
}

TEST_CASE("maps are computed on the way, on both sides; a norm of rows of a after its statistic") {
  CHECK(left(ds::matmul(a, w)) == operand_is::stored);
  CHECK(left(ds::matmul(ds::silu(a), w)) == operand_is::computed);
  CHECK(right(ds::matmul(a, ds::dequantize(codes, gain))) == operand_is::computed);
  CHECK(right(ds::matmul(a, ds::transpose(ds::dequantize(codes, gain)))) == operand_is::computed);
  CHECK(left(ds::matmul(ds::rms_norm(a, gain), w)) == operand_is::normalized);
  CHECK(left(ds::matmul(ds::l2_normalize(a), w)) == operand_is::normalized);
}

TEST_CASE("in memory are operands of other products, several statistics, scans, norms of b") {
  CHECK(left(ds::matmul(floats * 2.f, floats)) == operand_is::stored);
  CHECK(right(ds::matmul(a, floats * 2.f)) == operand_is::stored);
  CHECK(left(ds::matmul(ds::layer_norm(a, last), w)) == operand_is::stored);
  CHECK(left(ds::matmul(ds::softmax(a, last), w)) == operand_is::stored);
  CHECK(left(ds::matmul(ds::cumsum(a, last), w)) == operand_is::stored);
  CHECK(right(ds::matmul(a, ds::rms_norm(w, gain))) == operand_is::stored);
  CHECK(left(ds::matmul(ds::matmul(a, w) * 2.f, w)) == operand_is::stored);
}

TEST_CASE(
    "kernels: a statistic is one, an operand in memory is one, rows above a product are one") {
  CHECK(count(ds::matmul(a, w)) == 1);
  CHECK(count(ds::silu(ds::matmul(ds::silu(a), ds::dequantize(codes, gain)) + bias)) == 1);
  CHECK(count(ds::silu(ds::matmul(ds::rms_norm(a, gain), w) + bias) * a) == 2);
  CHECK(count(ds::matmul(ds::layer_norm(a, last), w)) == 2);
  CHECK(count(ds::matmul(floats * 2.f, floats)) == 2);
  CHECK(count(ds::softmax(ds::matmul(a, w), last)) == 2);
  CHECK(count(ds::matmul(ds::softmax(ds::matmul(a, w), last), w)) == 3);
}
}  // namespace
