// SPDX-License-Identifier: Apache-2.0
/// @file Products of scaled fp8 on the emulator: by sm_90a's kernel that scales sums of blocks, by
/// those of any GPU, beside PyTorch's in f64 of the same numbers.
#include <deepseek/exec/emulated.hpp>
#include <deepseek/ops/activation.hpp>
#include <deepseek/ops/permute.hpp>
#include <deepseek/ops/scaled.hpp>

#include <doctest/doctest.h>

#include "tests/ops/scaled_cases.hpp"

namespace ds = deepseek;
using ds::dims;
using ds::dyn;
using namespace deepseek::test;

namespace {
/// k of whole 16 bytes, so that tensor copies can read the operands: the golden k of 300, and zeros behind.
ds::tensor<ds::fp8_e4m3, dims<dyn, dyn>> widened(
    ds::tensor<ds::fp8_e4m3, dims<dyn, dyn>> const& x) {
  ds::tensor<ds::fp8_e4m3, dims<dyn, dyn>> y(x.extent(0), 304);
  for (int i = 0; i < x.extent(0); ++i)
    for (int k = 0; k < 304; ++k) y(i, k) = k < 300 ? x(i, k) : ds::fp8_e4m3(0.f);
  return y;
}
}  // namespace

TEST_CASE("scales of blocks: one kernel of sm_90a, which no operand in f32 goes before") {
  scaled_operands const s;
  auto const a = widened(s.a);
  auto const w = widened(s.w);
  ds::tensor<float, dims<dyn, dyn>> y(9, 140), z(9, 140);
  auto const e = ds::matmul(ds::scaled<128>(a, s.a_block),
                            ds::scaled<128>(ds::transpose(w), ds::transpose(s.w_block)));
  static_assert(ds::plan::gpu::is_scaled_product<std::remove_cvref_t<decltype(e)>>());
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = z.data()[i] = 1e30f;
  (y = e).run(ds::emulated{1, 90});
  CHECK(s.worst(y, "blocks") <= 1e-6);
  (z = e * 2.f + 1.f).run(ds::emulated{1, 90});
  for (std::int64_t i = 0; i < y.size(); ++i) REQUIRE(z.data()[i] == y.data()[i] * 2.f + 1.f);
}

TEST_CASE("that kernel runs on sm_90a alone, and where both operands lie along k") {
  scaled_operands const s;
  auto const a = widened(s.a);
  auto const w = widened(s.w);
  ds::tensor<float, dims<dyn, dyn>> y(9, 140);
  auto const ran = [&](auto const& e, int architecture) {
    using E = std::remove_cvref_t<decltype(e)>;
    using Leaf = ds::detail::held_product<E>;
    auto const root =
        ds::detail::with_targets(Leaf{typename Leaf::view_type{nullptr, e.extents()}},
                                 ds::make_arguments(y.as_view()), ds::memory_space::host);
    using machine = ds::detail::emulated_machine;
    return ds::detail::run_scaled(root, e,
                                  ds::detail::evaluate_by<machine>{machine{1, architecture}});
  };
  auto const along_k = ds::matmul(ds::scaled<128>(a, s.a_block),
                                  ds::scaled<128>(ds::transpose(w), ds::transpose(s.w_block)));
  CHECK(ran(along_k, 90));
  CHECK(s.worst(y, "blocks") <= 1e-6);
  CHECK_FALSE(ran(along_k, 80));
  CHECK_FALSE(
      ran(ds::matmul(ds::scaled<128>(s.a, s.a_block), ds::scaled<128>(s.b, s.b_block)), 90));
}

TEST_CASE("scales of blocks on sm_80, and where copies cannot read the operands") {
  scaled_operands const s;
  ds::tensor<float, dims<dyn, dyn>> y(9, 140);
  auto const e = ds::matmul(ds::scaled<128>(s.a, s.a_block), ds::scaled<128>(s.b, s.b_block));
  (y = e).run(ds::emulated{1, 80});
  CHECK(s.worst(y, "blocks") <= 1e-6);
  for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = 1e30f;
  (y = e).run(ds::emulated{1, 90});
  CHECK(s.worst(y, "blocks") <= 1e-6);
}

TEST_CASE("scales of rows and columns above the product, on both") {
  scaled_operands const s;
  auto const a = widened(s.a);
  auto const w = widened(s.w);
  ds::tensor<float, dims<dyn, dyn>> y(9, 140);
  auto const e = ds::matmul(ds::scaled(a, s.a_row), ds::scaled(ds::transpose(w), s.b_column));
  static_assert(ds::kernel_count<std::remove_cvref_t<decltype(e)>, ds::on_gpu> == 1);
  for (int const architecture : {80, 90}) {
    for (std::int64_t i = 0; i < y.size(); ++i) y.data()[i] = 1e30f;
    (y = e).run(ds::emulated{1, architecture});
    CHECK(s.worst(y, "rows") <= 1e-6);
  }
}
