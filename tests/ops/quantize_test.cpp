// SPDX-License-Identifier: Apache-2.0
/// @file quantize has PyTorch's values and scales, by row, tensor and block; one kernel with what feeds it.
#include <deepseek/exec/host.hpp>
#include <deepseek/expr/tie.hpp>
#include <deepseek/ops/blocks.hpp>
#include <deepseek/ops/quantize.hpp>
#include <deepseek/ops/rms_norm.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/support/golden_ops.hpp"
#include "view_cases.hpp"

namespace ds = deepseek;
namespace test = deepseek::test;
using ds::dims;
using ds::dyn;

namespace {

auto const& golden() {
  static auto const arrays = test::read_golden_arrays("calls/quantize.safetensors");
  return arrays;
}
auto input() { return test::tensor_of<float, 2>(golden().at("x")); }

template <class Q, class Scale> void check(std::string const& key, Q const& q, Scale const& scale) {
  CAPTURE(key);
  test::check_same(ds::as_expression(q), golden().at(key + "_q"));
  test::check_same(ds::as_expression(scale), golden().at(key + "_scale"));
}

template <class Q> void check_kind(std::string const& kind) {
  auto const x = input();
  using Rows = ds::tensor<Q, dims<12, 256>>;
  Rows q;
  ds::tensor<float, dims<12, 1>> of_row;
  (ds::tie(q, of_row) = ds::quantize<Q>(x)).run(ds::host{});
  check(kind + "_row", q, of_row);
  ds::tensor<float, dims<1, 1>> of_tensor;
  (ds::tie(q, of_tensor) = ds::quantize<Q>(x, ds::axes<>)).run(ds::host{});
  check(kind + "_tensor", q, of_tensor);
  ds::tensor<float, dims<12, 2>> of_block;
  (ds::tie(ds::blocks<128>(q), ds::blocks<1>(of_block)) = ds::quantize<Q>(ds::blocks<128>(x)))
      .run(ds::host{});
  check(kind + "_block", q, of_block);
}

}  // namespace

TEST_CASE("int8, e4m3 and e5m2 by row, tensor and block") {
  check_kind<std::int8_t>("int8");
  check_kind<ds::fp8_e4m3>("e4m3");
  check_kind<ds::fp8_e5m2>("e5m2");
}

TEST_CASE("zeros, and what is too small for a scale: scale 1 and zeros, nothing is NaN") {
  ds::tensor<float, dims<3, 5>> x;
  for (int i = 0; i < 5; ++i) {
    x(0, i) = i % 2 == 0 ? 0.f : -0.f;
    x(1, i) = std::numeric_limits<float>::denorm_min();
    x(2, i) = static_cast<float>(i);
  }
  ds::tensor<std::int8_t, dims<3, 5>> q;
  ds::tensor<float, dims<3, 1>> scale;
  (ds::tie(q, scale) = ds::quantize<std::int8_t>(x)).run(ds::host{});
  for (int i = 0; i < 5; ++i) {
    CHECK(scale(0, 0) == 1);
    CHECK(scale(1, 0) == 1);
    CHECK(q(0, i) == 0);
    CHECK(q(1, i) == 0);
  }
  CHECK(q(2, 4) == 127);
}

TEST_CASE("one kernel with the norm before it; dequantize is within half a step") {
  ds::tensor<ds::bf16, dims<dyn, 256>> x{dims<dyn, 256>{12}}, residual{dims<dyn, 256>{12}};
  auto const values = input();
  for (std::int64_t i = 0; i < x.size(); ++i) {
    x.data()[i] = static_cast<ds::bf16>(values.data()[i]);
    residual.data()[i] = static_cast<ds::bf16>(static_cast<float>(i % 7));
  }
  ds::tensor<float, dims<256>> gain;
  for (int i = 0; i < 256; ++i) gain(i) = 1;
  auto const e = ds::quantize<ds::fp8_e4m3>(ds::rms_norm(x + residual, gain));
  static_assert(ds::kernel_count<decltype(e)> == 1);
  ds::tensor<ds::fp8_e4m3, dims<dyn, 256>> q{dims<dyn, 256>{12}};
  ds::tensor<float, dims<dyn, 1>> scale{dims<dyn, 1>{12}};
  (ds::tie(q, scale) = e).run(ds::host{});
  auto const wanted = ds::eval(ds::cast<float>(ds::rms_norm(x + residual, gain)));
  auto const back = ds::eval(ds::dequantize(q, scale));
  static_assert(std::is_same_v<decltype(back)::value_type, float>);
  for (int r = 0; r < 12; ++r)
    for (int i = 0; i < 256; ++i)
      CHECK(std::fabs(back(r, i) - wanted(r, i)) <=
            std::fabs(wanted(r, i)) / 16 + scale(r, 0) / 1024 + std::fabs(wanted(r, i)) / 128);
  static_assert(std::is_same_v<decltype(ds::dequantize<ds::bf16>(q, scale))::value_type, ds::bf16>);
}
