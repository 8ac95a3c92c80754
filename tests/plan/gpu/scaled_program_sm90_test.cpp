// SPDX-License-Identifier: Apache-2.0
/// @file is_scaled_product: products of one fp8 with scales of blocks of 128 on both sides; where the
/// scales are.
#include <deepseek/ops/matmul.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/plan/gpu/scaled_program_sm90.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace ds = deepseek;
namespace gpu = deepseek::plan::gpu;
template <class T> using matrix = ds::tensor<T, ds::dims<ds::dyn, ds::dyn>>;

TEST_CASE("what is a scaled product, and what is none") {
  matrix<ds::fp8_e4m3> a(2, 256), b(256, 4);
  matrix<ds::fp8_e5m2> other(256, 4);
  matrix<float> sa(2, 2), sb(2, 1), row(2, 1);
  auto const is = []<class E>(E const&) { return gpu::is_scaled_product<E>(); };
  auto const both = ds::matmul(ds::scaled<128>(a, sa), ds::scaled<128>(b, sb));
  CHECK(is(both));
  CHECK_FALSE(is(ds::matmul(ds::scaled<128>(a, sa), b)));
  CHECK_FALSE(is(ds::matmul(ds::scaled<128>(a, sa), ds::scaled<128>(other, sb))));
  CHECK_FALSE(is(ds::matmul(a, b)));
  matrix<float> fine(2, 4), fine_b(4, 1);
  CHECK_FALSE(is(ds::matmul(ds::scaled<64>(a, fine), ds::scaled<64>(b, fine_b))));
  CHECK(gpu::scales_under(ds::get<1>(ds::get<0>(both.operands).operands)).source.data() ==
        sa.data());
  CHECK(gpu::scales_under(ds::get<1>(ds::get<1>(both.operands).operands)).source.data() ==
        sb.data());
}
